// What a process printed → decoded, stripped, redacted text, before anyone reads it: the next stage, the caller, the audit.
// Used by execute.ts. Redacts before anything is cut to size, so that no cut can hide half a secret.
import { type Redaction, redact } from "../redaction/redact.ts";
import type { Collected } from "./output.ts";
import type { Parts } from "./shorten.ts";
import { toText } from "./text.ts";

export interface CleanText extends Parts {
  readonly counts: Redaction["counts"];
}

/** How far from a gap a safe border is looked for, characters; without one, all of it goes. */
const borderChars = 64 * 1024;
/** In order of preference: a secret does not go over a line, seldom over the end of a JSON string, never over a space. */
const bordersAfter = [/\n/, /(?<!\\)"(?=[,:}\]\s])/, /[ \t]/];
const bordersBefore = ["\n", '"', " "];

/** Redacts head and tail on their own when something between them was dropped; the ends at the gap go. */
export function toCleanText({ head, tail, droppedBytes }: Collected, profiles: readonly string[]): CleanText {
  if (droppedBytes === 0) {
    const { text, counts } = redact(toText(head), profiles);
    return { head: text, tail: "", droppedBytes: 0, counts };
  }
  const [start, end] = [toText(head), toText(tail)];
  const [before, after] = [beforeGap(start), afterGap(end)];
  const first = redact(before, profiles, { cut: true });
  const last = redact(after, profiles, { cut: true });
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
  const at = bordersAfter.map((border) => near.search(border)).find((at) => at >= 0);
  return text.slice(at === undefined ? borderChars : at + 1);
}
