// The middle of a private key whose marks are both missing: `kubectl logs` with --tail and --limit-bytes shows such a window.
// Pure; used by redact.ts, after private-keys.ts has taken what has a mark.
import type { Notes } from "./placeholder.ts";
import { replaceSpans, type Span } from "./spans.ts";

/** PEM's width. `base64` of coreutils wraps at 76. */
const width = 64;
const leastLines = 3;
/** Of the last line, which may be short or cut. */
const leastOfLastLine = 16;
/** How far a mark of a public block may be from it: the line before, or a short last line and the one after. */
const maxMarkChars = 512;

/** Lines in a row that end in 64 characters of base64, whatever a log writes before them. */
interface Run {
  readonly start: number;
  readonly before: string;
  end: number;
  lines: number;
}

/** Replaces such runs; those of a certificate or another public block stay, when its mark is in sight. */
export function redactKeyLines(text: string, notes: Notes): string {
  const found: Span[] = [];
  let run: Run | undefined;
  for (let start = 0, end = 0; start <= text.length; start = end + 1) {
    const newline = text.indexOf("\n", start);
    end = newline === -1 ? text.length : newline;
    if (endsAsKey(text, start, end)) {
      run ??= { start: end - width, before: text.slice(Math.max(0, start - maxMarkChars), start), end, lines: 0 };
      run.end = end;
      run.lines += 1;
    } else if (run !== undefined) {
      close(text, run, found);
      run = undefined;
    }
  }
  if (run !== undefined) close(text, run, found);
  return replaceSpans(text, found, "private_key", notes);
}

function close(text: string, { start, before, end, lines }: Run, found: Span[]): void {
  if (lines < leastLines) return;
  const after = text.slice(end, end + maxMarkChars).split("\n", 3);
  if (before.trimEnd().split("\n").at(-1)?.includes("-----BEGIN ") === true) return;
  if (after.some((line) => line.includes("-----END "))) return;
  const last = after[1] ?? "";
  const rest = /[A-Za-z0-9+/]*={0,2}$/.exec(last)?.[0].length ?? 0;
  found.push({ start, end: rest >= leastOfLastLine ? end + 1 + last.length : end });
}

function endsAsKey(text: string, start: number, end: number): boolean {
  const first = end - width;
  // Most lines fail here, before they are gone through.
  if (first < start || !isBase64(text.charCodeAt(end - 1)) || !isBase64(text.charCodeAt(first))) return false;
  if (first > start && isBase64(text.charCodeAt(first - 1))) return false;
  const line = text.slice(first, end);
  // A digest has 64 characters too.
  return /^[A-Za-z0-9+/]*$/.test(line) && /[^0-9a-f]/.test(line);
}

/** Letters, digits, + and /. */
const isBase64 = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 47 && code <= 57) || code === 43;
