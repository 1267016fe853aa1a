// PEM blocks that hold a private key: plain, indented, behind log prefixes, or with `\n` spelled out in JSON. Pure.
import { count, type Counts, placeholder } from "./placeholder.ts";

const kind = "private_key";
/** A key block longer than this is no key; an RSA key of 16,384 bits has 12 KiB. */
const maxBlockChars = 32 * 1024;

/** Replaces each block; one whose end is missing loses everything that can still be key. One walk over the text. */
export function redactPrivateKeys(text: string, counts: Counts, isCut: boolean): string {
  if (!text.includes("PRIVATE KEY")) return text;
  const begins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  const ends = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  const kept: string[] = [];
  let from = 0;
  let end = ends.exec(text);
  let begin = begins.exec(text);

  if (isCut && end !== null && (begin === null || end.index < begin.index)) {
    // The text starts inside a block: its first lines are key.
    const start = Math.max(0, startOfBody(text, end.index));
    kept.push(text.slice(0, start), placeholder(kind));
    count(counts, kind);
    from = ends.lastIndex;
  }
  for (; begin !== null; begin = begins.exec(text)) {
    if (begin.index < from) continue;
    const body = begin.index + begin[0].length;
    while (end !== null && end.index < body) end = ends.exec(text);
    const closes = end !== null && end.index - body <= maxBlockChars;
    const until = closes && end !== null ? end.index + end[0].length : endOfBody(text, body);
    kept.push(text.slice(from, begin.index), placeholder(kind));
    count(counts, kind);
    from = until;
  }
  return kept.length === 0 ? text : kept.join("") + text.slice(from);
}

const isKeyText = (char: string): boolean => /[A-Za-z0-9+/=\\\s]/.test(char);

/** Where the run of base64, spaces and spelled-out newlines after `from` ends. */
function endOfBody(text: string, from: number): number {
  let at = from;
  while (at < text.length && isKeyText(text.charAt(at))) at++;
  return at;
}

function startOfBody(text: string, end: number): number {
  let at = end;
  while (at > 0 && isKeyText(text.charAt(at - 1))) at--;
  return at;
}
