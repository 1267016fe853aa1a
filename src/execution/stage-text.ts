// What a process printed → decoded, stripped, redacted text, before anyone reads it: the next stage, the caller, the audit.
// Used by execute.ts. Redacts before anything is cut to size, so that no cut can hide half a secret.
import type { Fingerprint } from "../redaction/fingerprint.ts";
import { type Redaction, redact } from "../redaction/redact.ts";
import type { Collected } from "./output.ts";
import type { Parts } from "./shorten.ts";
import { toText } from "./text.ts";

export interface CleanText extends Parts {
  readonly counts: Redaction["counts"];
}

/** How far from a gap a safe border is looked for, characters; without one, all of it goes. */
const borderChars = 64 * 1024;
/**
 * In order of preference. A secret does not go over a line, seldom over the end of a JSON string, never over a space. After the
 * gap its name may be missing, which stands up to two lines before it, or in the same object.
 */
const bordersAfter = [/\n[^\n]*\n[^\n]*\n/, /\n/, /(?<!\\)"(?=\s?[}\]])/, /(?<!\\)"(?=[,:\s])/, /[ \t]/];
const bordersBefore = ["\n", '"', " "];

/** Redacts head and tail on their own when something between them was dropped; the ends at the gap go. */
export function toCleanText(
  { head, tail, droppedBytes }: Collected,
  profiles: readonly string[],
  fingerprint?: Fingerprint,
): CleanText {
  const options = fingerprint === undefined ? {} : { fingerprint };
  if (droppedBytes === 0) {
    const { text, counts } = redact(toText(head), profiles, options);
    return { head: text, tail: "", droppedBytes: 0, counts };
  }
  const [start, end] = [toText(head), toText(tail)];
  const [before, after] = [beforeGap(start), afterGap(end)];
  const first = redact(before, profiles, { ...options, cut: true });
  const last = redact(after, profiles, { ...options, cut: true });
  const counts = { ...first.counts };
  for (const [kind, number] of Object.entries(last.counts)) counts[kind] = (counts[kind] ?? 0) + number;
  const trimmedBytes = Buffer.byteLength(start + end) - Buffer.byteLength(before + after);
  return { head: first.text, tail: last.text, droppedBytes: droppedBytes + trimmedBytes, counts };
}

function beforeGap(text: string): string {
  const from = Math.max(0, text.length - borderChars);
  const at = bordersBefore.map((border) => text.lastIndexOf(border)).find((at) => at >= from && at >= 0);
  return text.slice(0, at ?? from);
}

function afterGap(text: string): string {
  const near = text.slice(0, borderChars);
  for (const border of bordersAfter) {
    const found = border.exec(near);
    if (found !== null) return text.slice(found.index + found[0].length);
  }
  return text.slice(borderChars);
}
