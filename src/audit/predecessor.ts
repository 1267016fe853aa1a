// The file that an empty audit file follows: what a log rotator renamed while no server ran. Used by the file sink when it
// opens an empty file, so that the chain goes on over rotation and restart together.
import { constants } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Found } from "./sink.ts";
import { findTail } from "./tail.ts";

/** How much of a file's end is read, bytes: many times the longest line. */
const tailBytes = 256 * 1024;
/** Older files than these are not looked at. */
const maxLookedAt = 4;

/** The end of the newest file beside it that is named like it (`audit.jsonl.1`, `audit.jsonl-20260101`) and holds records. */
export async function findPredecessor(file: string): Promise<Found> {
  const folder = path.dirname(file);
  const prefix = path.basename(file);
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && isRotated(name.slice(prefix.length)),
  );
  const dated = await Promise.all(names.map((name) => dateOf(path.join(folder, name))));
  const newest = dated.flatMap((one) => (one === undefined ? [] : [one])).sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { name } of newest.slice(0, maxLookedAt)) {
    const found = await endOf(name);
    if (found.last !== undefined) return found;
  }
  return { torn: [] };
}

/** What log rotators append. Another word would be another server's file. */
const isRotated = (suffix: string): boolean => /^[.-][0-9][0-9T:._-]*$/.test(suffix);

async function dateOf(name: string) {
  try {
    const found = await stat(name);
    return found.isFile() ? { name, mtimeMs: found.mtimeMs } : undefined;
  } catch {
    // Gone, or not ours to see: then it is not what we follow.
    return undefined;
  }
}

/** What may not be read is not followed: the chain begins anew then, and verify says so. */
async function endOf(name: string): Promise<Found> {
  const handle = await open(name, constants.O_RDONLY).catch(() => undefined);
  if (handle === undefined) return { torn: [] };
  try {
    return findTail((await readTail(handle, (await handle.stat()).size)).bytes);
  } finally {
    await handle.close();
  }
}

export async function readTail(handle: FileHandle, size: number) {
  const from = Math.max(0, size - tailBytes);
  const bytes = Buffer.alloc(size - from);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
  return { bytes: bytes.subarray(0, bytesRead), isWhole: from === 0 };
}
