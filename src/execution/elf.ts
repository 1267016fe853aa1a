// Reads from a program file which loader starts it: the PT_INTERP segment of a 64-bit little-endian ELF file. Used by
// closure.ts. Never runs anything.
import { type FileHandle, open } from "node:fs/promises";

export type ProgramKind =
  | { readonly kind: "static" }
  | { readonly kind: "dynamic"; readonly loader: string }
  /** A script, or a program for another machine. */
  | { readonly kind: "other" };

const headerBytes = 64;
const segmentBytes = 56;
const interpreter = 3;
/** More segments than any linker writes. */
const maxSegments = 128;
const maxPathBytes = 4096;

export async function readProgramKind(file: string): Promise<ProgramKind> {
  const handle = await open(file, "r");
  try {
    const header = await bytesAt(handle, 0, headerBytes);
    if (header.length < headerBytes || header.readUInt32BE(0) !== 0x7f454c46) return { kind: "other" };
    if (header[4] !== 2 || header[5] !== 1) return { kind: "other" };
    const [table, size, count] = [header.readBigUInt64LE(32), header.readUInt16LE(54), header.readUInt16LE(56)];
    if (size !== segmentBytes || count > maxSegments) return { kind: "other" };
    const segments = await bytesAt(handle, Number(table), size * count);
    for (let at = 0; at + size <= segments.length; at += size) {
      if (segments.readUInt32LE(at) !== interpreter) continue;
      const length = Math.min(Number(segments.readBigUInt64LE(at + 32)), maxPathBytes);
      const path = await bytesAt(handle, Number(segments.readBigUInt64LE(at + 8)), length);
      return { kind: "dynamic", loader: path.toString("utf8").replace(/\0.*$/s, "") };
    }
    return { kind: "static" };
  } finally {
    await handle.close();
  }
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
