// Keeps an answer's lines few and short: long ones are cut where they are, of too many the first and the last stay. Called by
// execute.ts on redacted text, before shorten.ts cuts to bytes and says how much went. Pure.
import type { Bounds } from "../domain/bounds.ts";
import type { Parts } from "./shorten.ts";

export interface BoundLines extends Parts {
  /** A line was cut; what was dropped between head and tail is in `droppedBytes`. */
  readonly lineCut: boolean;
}

/** Both bounds; text within them comes back as it is. */
export function boundLines(
  { head, tail, droppedBytes }: Parts,
  { maxOutputLines, maxLineBytes }: Pick<Bounds, "maxOutputLines" | "maxLineBytes">,
): BoundLines {
  const [first, last] = [cutLines(head, maxLineBytes), cutLines(tail, maxLineBytes)];
  const lineCut = first !== head || last !== tail;
  const half = Math.ceil(maxOutputLines / 2);
  if (droppedBytes === 0) {
    const end = endOfLine(first, maxOutputLines);
    if (end === first.length) return { head: first, tail: last, droppedBytes, lineCut };
    const kept = { head: first.slice(0, endOfLine(first, half)), tail: lastLines(first, maxOutputLines - half) };
    return { ...kept, droppedBytes: bytesOf(first) - bytesOf(kept.head) - bytesOf(kept.tail), lineCut };
  }
  const kept = { head: first.slice(0, endOfLine(first, half)), tail: lastLines(last, maxOutputLines - half) };
  const gone = bytesOf(first) + bytesOf(last) - bytesOf(kept.head) - bytesOf(kept.tail);
  return { ...kept, droppedBytes: droppedBytes + gone, lineCut };
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** Where the `count`th line ends, its newline included; the text's end when it has fewer. */
function endOfLine(text: string, count: number): number {
  let at = 0;
  for (let line = 0; line < count; line += 1) {
    const newline = text.indexOf("\n", at);
    if (newline === -1) return text.length;
    at = newline + 1;
  }
  return at;
}

function lastLines(text: string, count: number): string {
  // A newline at the end closes the last line, it does not begin another.
  let at = text.endsWith("\n") ? text.length - 1 : text.length;
  for (let line = 0; line < count; line += 1) {
    const newline = at === 0 ? -1 : text.lastIndexOf("\n", at - 1);
    if (newline === -1) return text;
    at = newline;
  }
  return text.slice(at + 1);
}

function cutLines(text: string, maxBytes: number): string {
  if (bytesOf(text) <= maxBytes) return text;
  const lines = text.split("\n");
  const cut = lines.map((line) => cutLine(line, maxBytes));
  return cut.every((line, index) => line === lines[index]) ? text : cut.join("\n");
}

/** Room for the words that stand for the rest. */
const markerBytes = 40;

function cutLine(line: string, maxBytes: number): string {
  const all = bytesOf(line);
  if (all <= maxBytes) return line;
  const bytes = Buffer.from(line);
  let end = Math.max(0, maxBytes - markerBytes);
  // Never through the middle of a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.subarray(0, end).toString()} [... ${all - end} bytes cut ...]`;
}
