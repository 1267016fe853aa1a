// A bounded number of calls at work and of calls that wait. Used by the gate through its port; knows nothing of commands.
import PQueue from "p-queue";
import type { Slots } from "../domain/ports.ts";

export interface SlotLimits {
  readonly maxConcurrency: number;
  readonly maxQueue: number;
}

/** First come, first served; beyond both limits the answer is `null`, at once. */
export function createSlots({ maxConcurrency, maxQueue }: SlotLimits): Slots {
  const queue = new PQueue({ concurrency: maxConcurrency });
  // Work is counted from the moment its slot is its own until its last promise has settled.
  queue.on("error", () => undefined);
  return {
    get running() {
      return queue.pending;
    },
    get waiting() {
      return queue.size;
    },
    take: (signal, work) => {
      if (queue.pending >= maxConcurrency && queue.size >= maxQueue) return null;
      // The caller's signal ends the waiting only: p-queue would free the slot of work that is still ending.
      const waiting = new AbortController();
      const leave = () => waiting.abort(signal.reason);
      if (signal.aborted) leave();
      signal.addEventListener("abort", leave, { once: true });
      const begin = () => {
        signal.removeEventListener("abort", leave);
        return work();
      };
      return queue.add(begin, { signal: waiting.signal });
    },
  };
}
