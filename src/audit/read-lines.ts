// Audit files as a stream of lines, byte for byte, however large they are. Used by verify, show and whatever else reads the
// audit; says nothing about what a line holds.
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

export interface AuditLine {
  readonly file: string;
  /** Counts from 1 in each file. */
  readonly line: number;
  /** Without its line break. Text would not do: two different byte strings can read the same. */
  readonly bytes: Buffer;
  /** False for a last line that has no line break. */
  readonly ended: boolean;
}

/** A line that is longer is no record: its end is left out, bytes. */
const maxLineBytes = 256 * 1024;
const lineBreak = 0x0a;

/** Reads files in order: `-` is standard input, a name in `.gz` is unpacked. Rejects with the system's error. */
export async function* readLines(files: readonly string[]): AsyncGenerator<AuditLine, void> {
  for (const file of files) {
    let line = 0;
    for await (const { bytes, ended } of splitLines(openFile(file))) yield { file, line: (line += 1), bytes, ended };
  }
}

function openFile(file: string): AsyncIterable<Buffer> {
  if (file === "-") return process.stdin;
  const stream = createReadStream(file);
  return file.endsWith(".gz") ? stream.compose(createGunzip()) : stream;
}

/** Splits at line feeds and nowhere else: a record may hold any other character that ends a line somewhere. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Pick<AuditLine, "bytes" | "ended">> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(lineBreak); at !== -1; at = chunk.indexOf(lineBreak, from)) {
      const part = chunk.subarray(from, at);
      yield { bytes: rest.length === 0 ? part : join(rest, part), ended: true };
      rest = Buffer.alloc(0);
      from = at + 1;
    }
    if (from < chunk.length) rest = join(rest, chunk.subarray(from));
  }
  if (rest.length > 0) yield { bytes: rest, ended: false };
}

const join = (head: Buffer, tail: Buffer): Buffer =>
  Buffer.concat([head, tail.subarray(0, Math.max(0, maxLineBytes - head.length))]);
