// PEM blocks that hold a private key: plain, indented, behind log prefixes, or with `\n` spelled out in JSON. Either end
// may be missing: `kubectl logs --tail` begins where the caller says. Pure.
import { type Notes, replacement } from "./placeholder.ts";

const kind = "private_key";
/** A key block longer than this is no key; an RSA key of 16,384 bits has 12 KiB. */
const maxBlockChars = 32 * 1024;

/** Replaces each block; one whose end is missing loses everything that can still be key. One walk over the text. */
export function redactPrivateKeys(text: string, notes: Notes): string {
  if (!text.includes("PRIVATE KEY")) return text;
  const begins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  const ends = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  const kept: string[] = [];
  let from = 0;
  let end = ends.exec(text);
  let begin = begins.exec(text);

  if (end !== null && (begin === null || end.index < begin.index)) {
    // The text starts inside a block: its first lines are key.
    const start = Math.max(0, startOfBody(text, end.index));
    kept.push(text.slice(0, start), replacement(notes, kind));
    from = ends.lastIndex;
  }
  for (; begin !== null; begin = begins.exec(text)) {
    if (begin.index < from) continue;
    const body = begin.index + begin[0].length;
    while (end !== null && end.index < body) end = ends.exec(text);
    const closes = end !== null && end.index - body <= maxBlockChars;
    const until = closes && end !== null ? end.index + end[0].length : endOfBody(text, body);
    kept.push(text.slice(from, begin.index), replacement(notes, kind));
    from = until;
  }
  return kept.length === 0 ? text : kept.join("") + text.slice(from);
}

const isKeyText = (char: string): boolean => /[A-Za-z0-9+/=\\\s]/.test(char);

/** A line of key holds at least this much of it at its end, whatever a log writes before. */
const leastOfLine = 16;
const maxLineChars = 4096;
/** The last line of a key may be short. */
const leastOfLastLine = 2;

/** Where the run of base64, spaces and spelled-out newlines after `from` ends; lines with a prefix of their own go on. */
function endOfBody(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && isKeyText(text.charAt(at))) at++;
    const lineEnd = endOfLine(text, at);
    if (at === lineEnd || keyAtEnd(text, at, lineEnd) < leastOfLine) return at;
    at = lineEnd;
  }
}

/** The same backwards, from the mark at `end`. */
function startOfBody(text: string, end: number): number {
  let at = end;
  while (at > 0 && isKeyText(text.charAt(at - 1))) at--;
  for (let least = leastOfLastLine; ; least = leastOfLine) {
    const lineStart = text.lastIndexOf("\n", at - 1) + 1;
    if (lineStart === 0 || at === 0) return at;
    const previous = text.lastIndexOf("\n", lineStart - 2) + 1;
    if (keyAtEnd(text, previous, lineStart - 1) < least) return at;
    at = previous;
  }
}

/** Of a line no longer than a log's; `from` itself when there is no end that near. */
function endOfLine(text: string, from: number): number {
  const near = text.slice(from, from + maxLineChars);
  const end = near.indexOf("\n");
  if (end !== -1) return from + end;
  return near.length < maxLineChars ? text.length : from;
}

/** How many characters of base64 stand at the end of a line. */
function keyAtEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && /[A-Za-z0-9+/=]/.test(text.charAt(at - 1))) at--;
  return end - at;
}
