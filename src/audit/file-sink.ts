// The audit file: opened once, appended to, and on the disk before an append resolves. Called by the log only; never
// truncates or rewrites what it finds.
import { constants, fstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import type { Sink } from "./sink.ts";
import { findTail, looksLikeAudit } from "./tail.ts";

/** How much of an existing file's end is read, bytes: many times the longest line. */
const tailBytes = 256 * 1024;

/** Creates the file with mode 0600 when it is missing; an existing file keeps its own. */
export function createFileSink(file: string): Sink {
  let handle: FileHandle | undefined;
  let size = 0;
  let breakFirst = false;

  const release = async (): Promise<void> => {
    const released = handle;
    handle = undefined;
    await released?.close();
  };

  return {
    open: async () => {
      await release();
      handle = await open(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error("the audit file is not a regular file");
      if (stat.size === 0) await syncFolder(path.dirname(file));
      size = stat.size;
      const tail = await readTail(handle, size);
      breakFirst = tail.text !== "" && !tail.text.endsWith("\n");
      const found = findTail(tail.text);
      const isOurs = found.last !== undefined || (tail.isWhole && looksLikeAudit(found.torn));
      if (!isOurs) throw new Error("the file holds something else than audit records");
      return found;
    },
    intact: async () => {
      if (handle === undefined) return false;
      // The kernel has the answer at hand: a thread would only cost time, before every batch.
      const stat = fstatSync(handle.fd);
      return stat.nlink > 0 && stat.size === size;
    },
    write: async (lines) => {
      if (handle === undefined) throw new Error("the audit file is not open");
      const bytes = Buffer.from(breakFirst ? `\n${lines}` : lines, "utf8");
      await handle.appendFile(bytes);
      await handle.datasync();
      breakFirst = false;
      size += bytes.length;
    },
    close: release,
  };
}

async function readTail(handle: FileHandle, size: number) {
  const from = Math.max(0, size - tailBytes);
  const bytes = Buffer.alloc(size - from);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
  return { text: bytes.toString("utf8", 0, bytesRead), isWhole: from === 0 };
}

/** A new file's name must survive a crash too. Some file systems cannot sync a folder and say EINVAL. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EINVAL")) throw error;
  } finally {
    await handle.close();
  }
}
