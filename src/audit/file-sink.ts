// The audit file: opened once and appended to. Called by the log only; never truncates, rewrites, renames or deletes what it
// finds. When somebody renames it (a log rotator), the next write makes a new file of the old name.
import { constants, fstatSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { findPredecessor, readTail } from "./predecessor.ts";
import type { Sink } from "./sink.ts";
import { findTail, isWholeLines, looksLikeAudit } from "./tail.ts";

/** How long what was written without `sync` may take to be on the disk, milliseconds. */
const syncDelayMs = 1000;

export interface FileSinkOptions {
  /** False: what is written without `sync` goes to the disk when the system likes. */
  readonly syncLater: boolean;
}

/** Creates the file with mode 0600 when it is missing; an existing file keeps its own. */
export function createFileSink(file: string, { syncLater }: FileSinkOptions): Sink {
  let handle: FileHandle | undefined;
  let size = 0;
  let breakFirst = false;
  let timer: NodeJS.Timeout | undefined;
  /** Why the disk did not take what was written before: the next write is told. */
  let lateFault: Error | undefined;

  const sync = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await handle?.datasync();
  };

  const late = (cause: unknown): void => {
    lateFault = new Error("the disk did not take what was written before", { cause });
  };

  const soon = (): void => {
    if (!syncLater) return;
    timer ??= setTimeout(() => void sync().catch(late), syncDelayMs);
  };

  const release = async (): Promise<void> => {
    if (timer !== undefined) await sync();
    const released = handle;
    handle = undefined;
    await released?.close();
  };

  return {
    open: async () => {
      await release();
      handle = await open(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
      const found = await handle.stat();
      if (!found.isFile()) throw new Error("the audit file is not a regular file");
      size = found.size;
      breakFirst = false;
      if (size === 0) {
        await syncFolder(path.dirname(file));
        return findPredecessor(file);
      }
      const tail = await readTail(handle, size);
      breakFirst = !isWholeLines(tail.bytes);
      const end = findTail(tail.bytes);
      const isOurs = end.last !== undefined || (tail.isWhole && looksLikeAudit(end.torn));
      if (!isOurs) throw new Error("the file holds something else than audit records");
      return end;
    },
    intact: async () => {
      if (handle === undefined) return false;
      // The kernel has the answers at hand: a thread would only cost time, before every batch.
      const held = fstatSync(handle.fd);
      const named = statSync(file, { throwIfNoEntry: false });
      return named?.ino === held.ino && named.dev === held.dev && held.size === size;
    },
    write: async (lines, syncNow) => {
      if (handle === undefined) throw new Error("the audit file is not open");
      if (lateFault !== undefined) {
        const fault = lateFault;
        lateFault = undefined;
        throw fault;
      }
      const bytes = Buffer.from(breakFirst ? `\n${lines}` : lines, "utf8");
      await handle.appendFile(bytes);
      breakFirst = false;
      size += bytes.length;
      if (syncNow) await sync();
      else soon();
    },
    close: release,
  };
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
