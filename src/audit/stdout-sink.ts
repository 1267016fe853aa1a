// Audit lines on standard output, for a container runtime to collect. Called by the log only. Writes to the descriptor
// and not to process.stdout: that stream blocks the event loop on a full pipe and cannot be used again after an error.
import { write } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Sink } from "./sink.ts";
import { findTail, isWholeLines } from "./tail.ts";

const writeTo = promisify(write);
const standardOutput = 1;
/** Pause before a non-blocking pipe is tried again, milliseconds. */
const retryMs = 5;

/** Resolves a write when the kernel has taken every byte; each process start begins a chain of its own. */
export function createStdoutSink(): Sink {
  let leftover: Buffer = Buffer.alloc(0);
  return {
    open: () => Promise.resolve(findTail(leftover)),
    intact: () => Promise.resolve(true),
    write: async (lines) => {
      const bytes = Buffer.from(isWholeLines(leftover) ? lines : `\n${lines}`, "utf8");
      let written = 0;
      try {
        while (written < bytes.length) written += await writeSome(bytes.subarray(written));
        leftover = Buffer.alloc(0);
      } catch (error) {
        leftover = Buffer.concat([leftover, bytes.subarray(0, written)]);
        throw error;
      }
    },
    close: () => Promise.resolve(),
  };
}

async function writeSome(bytes: Buffer): Promise<number> {
  try {
    return (await writeTo(standardOutput, bytes)).bytesWritten;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    await sleep(retryMs);
    return 0;
  }
}
