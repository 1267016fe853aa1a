// Collects what a process prints within a bound: everything up to the cap, beyond it the head and the tail. Used by run.ts.
// Memory stays below twice the cap whatever the process prints.

/** What was printed, as bytes. `tail` is empty and `droppedBytes` 0 when all of it was kept in `head`. */
export interface Collected {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly droppedBytes: number;
  readonly totalBytes: number;
}

export interface Collector {
  add(chunk: Buffer): void;
  readonly totalBytes: number;
  take(): Collected;
}

/** Keeps `capBytes` in all: half of them the first, half the last. */
export function createCollector(capBytes: number): Collector {
  const headBytes = Math.ceil(capBytes / 2);
  const tailBytes = capBytes - headBytes;
  const head: Buffer[] = [];
  let headHeld = 0;
  let tail: Buffer[] = [];
  let tailHeld = 0;
  let totalBytes = 0;

  /** Drops whole chunks that the tail no longer needs, and copies when many small ones have come together. */
  const trim = () => {
    if (tailHeld <= tailBytes * 2 && tail.length <= 4096) return;
    const joined = Buffer.concat(tail);
    const kept = Buffer.from(joined.subarray(Math.max(0, joined.length - tailBytes)));
    tail = [kept];
    tailHeld = kept.length;
  };

  return {
    add: (chunk) => {
      totalBytes += chunk.length;
      const first = chunk.subarray(0, headBytes - headHeld);
      if (first.length > 0) head.push(first);
      headHeld += first.length;
      const rest = chunk.subarray(first.length);
      if (rest.length === 0) return;
      tail.push(rest);
      tailHeld += rest.length;
      trim();
    },
    get totalBytes() {
      return totalBytes;
    },
    take: () => {
      const end = Buffer.concat(tail);
      const kept = end.subarray(Math.max(0, end.length - tailBytes));
      const droppedBytes = totalBytes - headHeld - kept.length;
      return droppedBytes > 0
        ? { head: Buffer.concat(head), tail: kept, droppedBytes, totalBytes }
        : { head: Buffer.concat([...head, kept]), tail: Buffer.alloc(0), droppedBytes: 0, totalBytes };
    },
  };
}
