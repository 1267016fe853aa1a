// When a slot may be free again, guessed from how long the last ones were held. Used by slots.ts only.
import type { Clock } from "../domain/ports.ts";

/** Before anything has ended, milliseconds. */
const firstGuessMs = 1000;
const leastMs = 250;
/** A command ends within 55 s, and whoever waits longer asks again anyway. */
const mostMs = 30_000;
/** How much the newest counts. */
const weight = 0.2;

export function createRetryEstimate(clock: Pick<Clock, "monotonic">) {
  let meanMs = firstGuessMs;
  let hasEnded = false;
  return {
    /** A slot is taken; the answer is called when it is free again. */
    begin: () => {
      const startedAt = clock.monotonic();
      return (): void => {
        const heldMs = clock.monotonic() - startedAt;
        meanMs = hasEnded ? meanMs + weight * (heldMs - meanMs) : heldMs;
        hasEnded = true;
      };
    },
    /** `rounds`: how often every slot changes hands before the caller's turn. */
    retryAfterMs: (rounds: number): number =>
      Math.round(Math.min(mostMs, Math.max(leastMs, meanMs * Math.max(1, rounds)))),
  };
}
