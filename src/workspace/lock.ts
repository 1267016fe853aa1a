// One at a time: whoever works on the clone has it alone. Used by work-tree.ts only.

export interface Lock {
  readonly waiting: number;
  /** Resolves to the release when it is this caller's turn. Rejects with the signal's reason when it was aborted meanwhile. */
  take(signal: AbortSignal): Promise<() => void>;
}

/** First come, first served; how many may wait is for the callers to bound. */
export function createLock(): Lock {
  let last: Promise<void> = Promise.resolve();
  let held = 0;
  return {
    get waiting() {
      return Math.max(0, held - 1);
    },
    take: (signal) => {
      held += 1;
      const before = last;
      const { promise: done, resolve } = Promise.withResolvers<void>();
      last = done;
      const release = () => {
        held -= 1;
        resolve();
      };
      return before.then(() => {
        if (!signal.aborted) return release;
        release();
        throw signal.reason;
      });
    },
  };
}
