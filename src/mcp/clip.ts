// Cuts a text to a number of bytes, keeping head and tail and saying what was left out. Pure; used by result-text.ts.

/** At most `maxBytes` of UTF-8, plus one line that counts the bytes left out; whole lines where lines are short. */
export function clip(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= maxBytes) return text;
  const head = headOf(bytes, Math.floor(maxBytes * 0.6));
  const tail = tailOf(bytes, maxBytes - Math.floor(maxBytes * 0.6));
  const leftOut = bytes.length - head.length - tail.length;
  return `${head.toString("utf8")}\n[… ${leftOut} bytes left out …]\n${tail.toString("utf8")}`;
}

/** How far a cut may move to end on a line border, bytes. */
const lineSlack = 256;
const newline = 0x0a;

function headOf(bytes: Buffer, size: number): Buffer {
  const border = bytes.lastIndexOf(newline, size - 1);
  if (border >= size - lineSlack && border > 0) return bytes.subarray(0, border);
  let end = size;
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end);
}

function tailOf(bytes: Buffer, size: number): Buffer {
  const earliest = bytes.length - size;
  const border = bytes.indexOf(newline, earliest);
  if (border !== -1 && border <= earliest + lineSlack && border < bytes.length - 1) return bytes.subarray(border + 1);
  let start = earliest;
  while (start < bytes.length && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

/** Bytes 10xxxxxx continue a character of UTF-8: no cut before them. */
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
