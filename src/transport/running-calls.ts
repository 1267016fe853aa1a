// Every call that is in the gate, whichever door it came through and whether or not its client is still there. A lost
// connection and a shutdown abort by the same path; drain waits here.
import { setImmediate } from "node:timers/promises";
import { within } from "./within.ts";

export interface RunningCalls {
  readonly count: number;
  /** Runs `work` under a signal that any of `ends`, or a shutdown, aborts. */
  run<T>(ends: readonly AbortSignal[], work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** An answer that is still being written: drain waits for it too. */
  hold(answer: Promise<unknown>): void;
  /** From now on calls come in aborted; waits for the running ones up to `graceMs`, aborts them, waits up to `settleMs` more. */
  drain(graceMs: number, settleMs: number): Promise<void>;
}

export function createRunningCalls(): RunningCalls {
  /** Bounded by the connections that the doors accept and by what the gate queues. */
  const running = new Map<AbortController, Promise<unknown>>();
  const answers = new Set<Promise<unknown>>();
  let draining = false;
  const settled = async (): Promise<void> => {
    await Promise.allSettled([...running.values(), ...answers]);
    // One more turn: an answer that goes out without a promise of its own (WebSocket) is written by then.
    await setImmediate();
  };

  return {
    get count() {
      return running.size;
    },
    run: async (ends, work) => {
      const controller = new AbortController();
      const abort = (event: Event): void =>
        controller.abort(event.currentTarget instanceof AbortSignal ? event.currentTarget.reason : undefined);
      for (const end of ends) {
        if (end.aborted) controller.abort(end.reason);
        else end.addEventListener("abort", abort, { once: true });
      }
      if (draining) controller.abort(new Error("the server is shutting down"));
      const call = work(controller.signal);
      running.set(controller, call);
      try {
        return await call;
      } finally {
        running.delete(controller);
        for (const end of ends) end.removeEventListener("abort", abort);
      }
    },
    hold: (answer) => {
      const forget = (): boolean => answers.delete(held);
      const held = answer.then(forget, forget);
      answers.add(held);
    },
    drain: async (graceMs, settleMs) => {
      draining = true;
      await within(graceMs, settled());
      for (const controller of running.keys()) controller.abort(new Error("the server is shutting down"));
      await within(settleMs, settled());
    },
  };
}
