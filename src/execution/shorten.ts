// Cuts redacted text to a number of bytes: head and tail stay, a line between them says how much went. Pure.

export interface Parts {
  readonly head: string;
  /** Empty when nothing was dropped between. */
  readonly tail: string;
  readonly droppedBytes: number;
}

export interface Shortened {
  readonly text: string;
  readonly truncated: boolean;
}

const marker = (bytes: number): string => `\n[... ${bytes} bytes cut ...]\n`;
/** Room for a marker with any number in it. */
const markerBytes = 48;

/** At most `maxBytes` of UTF-8, the marker included; the cuts fall between lines where a line is near. */
export function shorten({ head, tail, droppedBytes }: Parts, maxBytes: number): Shortened {
  const first = Buffer.from(head);
  const last = Buffer.from(tail);
  if (droppedBytes === 0 && last.length === 0 && first.length <= maxBytes) return { text: head, truncated: false };
  if (droppedBytes > 0 && first.length + last.length + markerBytes <= maxBytes) {
    return { text: head + marker(droppedBytes) + tail, truncated: true };
  }
  const budget = maxBytes - markerBytes;
  if (budget < markerBytes) return { text: startOf(first, maxBytes), truncated: true };
  const half = Math.floor(budget / 2);
  const start = startOf(first, half);
  const end = endOf(droppedBytes > 0 ? last : first, half);
  const cutBytes = droppedBytes + first.length + last.length - Buffer.byteLength(start) - Buffer.byteLength(end);
  return { text: start + marker(cutBytes) + end, truncated: true };
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
const newline = 0x0a;

function startOf(bytes: Buffer, length: number): string {
  if (bytes.length <= length) return bytes.toString();
  let end = length;
  while (end > 0 && isContinuation(bytes[end])) end--;
  if (end <= 0) return "";
  const line = bytes.lastIndexOf(newline, end - 1);
  return bytes.subarray(0, line >= (end * 3) / 4 ? line : end).toString();
}

function endOf(bytes: Buffer, length: number): string {
  if (bytes.length <= length) return bytes.toString();
  let start = bytes.length - length;
  while (isContinuation(bytes[start])) start++;
  const line = bytes.indexOf(newline, start);
  return bytes.subarray(line >= 0 && line - start <= length / 4 ? line + 1 : start).toString();
}
