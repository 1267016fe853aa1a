// When each key's last changes began: at most so many in any window. Used by budgets.ts; time comes in with every question.
import type { Quota } from "../domain/budgets.ts";
import { boundedKeys } from "./bounded-keys.ts";

export function createSlidingWindows() {
  const windows = boundedKeys<{ times: readonly number[] }>();
  const recent = (times: readonly number[], { windowMs }: Quota, now: number): readonly number[] =>
    times.filter((at) => now - at < windowMs);

  return {
    /** Milliseconds until `wanted` more would fit; undefined when they do. Takes nothing. */
    waitMs: (key: string, wanted: number, quota: Quota, now: number): number | undefined => {
      const window = windows.find(
        key,
        () => ({ times: [] }),
        (old) => recent(old.times, quota, now).length === 0,
      );
      if (window === undefined || wanted > quota.count) return quota.windowMs;
      window.times = recent(window.times, quota, now);
      const excess = window.times.length + wanted - quota.count;
      const leaves = window.times[excess - 1];
      return leaves === undefined ? undefined : Math.ceil(leaves + quota.windowMs - now);
    },
    add: (key: string, now: number): void => {
      const window = windows.get(key);
      if (window !== undefined) window.times = [...window.times, now];
    },
    giveBack: (key: string, at: number): void => {
      const window = windows.get(key);
      if (window !== undefined) window.times = window.times.toSpliced(window.times.lastIndexOf(at), 1);
    },
  };
}
