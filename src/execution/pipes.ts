// Reading a child's pipes: into collectors while it runs, to their end when its group is gone. Used by run.ts only.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Readable } from "node:stream";
import type { Collector } from "./output.ts";

/** What a process may print in all, kept or not, bytes; beyond it the reading costs more than the answer is worth. */
const floodBytes = 64 * 1024 * 1024;
/** How long the pipes may stay open when the group is gone and nothing comes through, milliseconds. */
const drainMs = 100;
const maxDrains = 10;

/** Reads until `stop`; resolves when more has come than any answer can hold. */
export function collect(
  pipes: readonly Readable[],
  collectors: readonly Collector[],
  stop: AbortSignal,
): Promise<"flood"> {
  return new Promise((resolve) => {
    for (const [index, pipe] of pipes.entries()) {
      pipe.on("error", () => undefined);
      pipe.on("data", (chunk: Buffer) => {
        if (stop.aborted) return;
        collectors[index]?.add(chunk);
        if (totalBytes(collectors) > floodBytes) resolve("flood");
      });
    }
  });
}

/** Waits for the rest; an escaped child that holds the pipes open and says nothing is not waited for. */
export async function drain(pipes: readonly Readable[], collectors: readonly Collector[]): Promise<void> {
  const open = pipes.filter((pipe) => !pipe.closed && !pipe.readableEnded);
  const allEnded = Promise.allSettled(open.map((pipe) => once(pipe, "close"))).then(() => true);
  for (let waits = 0; waits < maxDrains; waits++) {
    const before = totalBytes(collectors);
    if (await Promise.race([allEnded, sleep(drainMs, false, { ref: false })])) return;
    if (totalBytes(collectors) === before) return;
  }
}

const totalBytes = (collectors: readonly Collector[]): number =>
  collectors.reduce((sum, collector) => sum + collector.totalBytes, 0);
