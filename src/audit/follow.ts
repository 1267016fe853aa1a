// An audit file as it grows, like `tail -F`: goes on in the new file when a log rotator renames the old one. Used by show.
import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type AuditLine, splitLines } from "./read-lines.ts";

const pauseMs = 250;
const chunkBytes = 64 * 1024;

/** Yields the lines from the file's beginning, then each new one, until the signal. Rejects when the file is not there. */
export async function* followLines(file: string, signal: AbortSignal): AsyncGenerator<AuditLine, void> {
  let line = 0;
  for await (const { bytes, ended } of splitLines(grow(file, signal, () => (line = 0)))) {
    line += 1;
    yield { file, line, bytes, ended };
  }
}

async function* grow(file: string, signal: AbortSignal, onNewFile: () => void): AsyncGenerator<Buffer> {
  let handle = await open(file, constants.O_RDONLY);
  let position = 0;
  try {
    while (!signal.aborted) {
      const chunk = await readFrom(handle, position);
      position += chunk.length;
      if (chunk.length > 0) {
        yield chunk;
        continue;
      }
      const next = await successor(file, handle, position);
      if (next === undefined) {
        await sleep(pauseMs, undefined, { signal }).catch(() => {});
        continue;
      }
      if (next !== handle) await handle.close();
      handle = next;
      position = 0;
      onNewFile();
    }
  } finally {
    await handle.close();
  }
}

async function readFrom(handle: FileHandle, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(chunkBytes);
  const { bytesRead } = await handle.read(bytes, 0, chunkBytes, position);
  return bytes.subarray(0, bytesRead);
}

/** The file that has the name now, when it is another one or was cut; undefined while there is none. */
async function successor(file: string, handle: FileHandle, position: number): Promise<FileHandle | undefined> {
  const [held, named] = await Promise.all([handle.stat(), stat(file).catch(() => undefined)]);
  // Whatever was written before the rename is read first.
  if (named === undefined || held.size > position) return undefined;
  if (named.ino !== held.ino || named.dev !== held.dev) return open(file, constants.O_RDONLY).catch(() => undefined);
  return held.size < position ? handle : undefined;
}
