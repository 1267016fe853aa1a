// One run and everybody who waits for its answer. It is stopped when the last of them has gone, whoever began it. Made by
// read-cache.ts.
import type { StepOutcome } from "../domain/outcome.ts";
import type { Clock } from "../domain/ports.ts";
import type { Lead, Reach, ReadQuery, SharedAnswer } from "../domain/read-cache.ts";

interface Answer {
  readonly steps: readonly StepOutcome[];
  readonly kept: boolean;
}

export interface Flight {
  readonly lead: Lead;
  readonly reach: Reach;
  /** Of the process; of the flight while none has started. */
  readonly startedAt: number;
  /** The answer; undefined when there is none to share. Rejects with the signal's reason when the caller goes away. */
  join(signal: AbortSignal): Promise<SharedAnswer | undefined>;
}

/** `ended` hears once that nobody can join any more: with the answer, or without when it was given up. */
export function createFlight(
  { callId, reach, signal: leader }: ReadQuery,
  clock: Pick<Clock, "monotonic">,
  ended: (answer?: Answer) => void,
): Flight {
  const shared = new AbortController();
  const done = Promise.withResolvers<SharedAnswer | undefined>();
  const left = Promise.withResolvers<void>();
  let startedAt = clock.monotonic();
  let hasStarted = false;
  let waiting = 1;

  const leave = (reason: unknown): void => {
    waiting -= 1;
    if (waiting > 0) return;
    ended();
    shared.abort(reason);
  };
  const leaderLeaves = (): void => {
    // Before the start its own signal ends it, and those who wait look for themselves.
    if (!hasStarted) return;
    leave(leader.reason);
    if (waiting > 0) left.resolve();
  };

  return {
    reach,
    get startedAt() {
      return startedAt;
    },
    lead: {
      signal: shared.signal,
      left: left.promise,
      started: () => {
        startedAt = clock.monotonic();
        hasStarted = true;
        leader.addEventListener("abort", leaderLeaves, { once: true });
      },
      end: (answer) => {
        leader.removeEventListener("abort", leaderLeaves);
        ended(answer);
        done.resolve(answer === undefined ? undefined : { result: "shared", callId, steps: answer.steps });
      },
    },
    join: async (signal) => {
      signal.throwIfAborted();
      waiting += 1;
      const gone = Promise.withResolvers<never>();
      const giveUp = (): void => {
        leave(signal.reason);
        gone.reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      try {
        return await Promise.race([done.promise, gone.promise]);
      } finally {
        signal.removeEventListener("abort", giveUp);
      }
    },
  };
}
