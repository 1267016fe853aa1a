// Text to standard output for the stdio door, by the descriptor: process.stdout blocks the event loop on a full pipe, and with
// it every limit and every audit record. Called by the command line only.
import { write } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const writeTo = promisify(write);
const standardOutput = 1;
/** Pause before a non-blocking pipe is tried again, milliseconds. */
const retryMs = 5;

/** Resolves when the kernel has taken every byte; one call at a time. */
export async function writeStandardOutput(text: string): Promise<void> {
  const bytes = Buffer.from(text, "utf8");
  for (let written = 0; written < bytes.length;) written += await writeSome(bytes.subarray(written));
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
