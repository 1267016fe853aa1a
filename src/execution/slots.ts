// A bounded number of calls at work and of calls that wait, shared fairly between principals. Used by the gate through its
// port; knows binaries only by how heavy they are.
import type { Busy, Clock, SlotRequest, Slots } from "../domain/ports.ts";
import { createRetryEstimate } from "./retry-estimate.ts";

export interface SlotLimits {
  /** Calls at work. */
  readonly maxConcurrency: number;
  /** Of them, those that start a heavy program; absent: all. */
  readonly maxHeavy?: number;
  /** Of them, those of one principal; absent: all. */
  readonly maxPerPrincipal?: number;
  /** Calls that wait, of all principals together. */
  readonly maxQueue: number;
}

/** Programs written in Go: each takes ten times the memory of a text tool. */
const heavyBinaries: ReadonlySet<string> = new Set(["kubectl", "helm", "flux", "gh", "yq"]);

/** A call that has no slot yet. */
interface Waiting {
  readonly principal: string;
  readonly isHeavy: boolean;
  readonly start: () => void;
  readonly refuse: () => void;
}

/**
 * Principals take turns; within one the first that can start does. When the queue is full, whoever has most calls in it
 * gives its last place to one who has fewer: a flood meets its own calls only.
 */
export function createSlots(limits: SlotLimits, clock: Pick<Clock, "monotonic">): Slots {
  const { maxConcurrency, maxHeavy = maxConcurrency, maxQueue } = limits;
  const estimate = createRetryEstimate(clock);
  /** In the order of their turns. */
  const queues = new Map<string, Waiting[]>();
  const held = new Map<string, number>();
  let running = 0;
  let runningHeavy = 0;
  let waiting = 0;

  const fits = ({ principal, isHeavy }: Pick<Waiting, "principal" | "isHeavy">): boolean =>
    running < maxConcurrency &&
    (!isHeavy || runningHeavy < maxHeavy) &&
    (held.get(principal) ?? 0) < (limits.maxPerPrincipal ?? maxConcurrency);

  const count = ({ principal, isHeavy }: Pick<Waiting, "principal" | "isHeavy">, by: 1 | -1): void => {
    running += by;
    if (isHeavy) runningHeavy += by;
    const left = (held.get(principal) ?? 0) + by;
    if (left === 0) held.delete(principal);
    else held.set(principal, left);
  };

  const leave = (one: Waiting): boolean => {
    const queue = queues.get(one.principal) ?? [];
    const at = queue.indexOf(one);
    if (at === -1) return false;
    queue.splice(at, 1);
    waiting -= 1;
    if (queue.length === 0) queues.delete(one.principal);
    return true;
  };

  const startNext = (): void => {
    for (const [principal, queue] of queues) {
      const next = queue.find(fits);
      if (next === undefined) continue;
      leave(next);
      // Its next turn comes after everybody else's.
      if (queues.delete(principal)) queues.set(principal, queue);
      next.start();
      return;
    }
  };

  /** Makes a place in a full queue at the cost of whoever has more than one place more; false when nobody has. */
  const displaced = (principal: string): boolean => {
    const longest = [...queues.values()].reduce<Waiting[]>((one, two) => (two.length > one.length ? two : one), []);
    const last = longest.at(-1);
    if (last === undefined || longest.length <= (queues.get(principal)?.length ?? 0) + 1) return false;
    leave(last);
    last.refuse();
    return true;
  };

  const work = async <T>(one: Pick<Waiting, "principal" | "isHeavy">, job: () => Promise<T>): Promise<T> => {
    count(one, 1);
    const ended = estimate.begin();
    try {
      return await job();
    } finally {
      ended();
      count(one, -1);
      startNext();
    }
  };

  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
    take: <T>({ principal, binaries, signal }: SlotRequest, job: () => Promise<T>): Promise<T | Busy> => {
      if (signal.aborted) return Promise.reject(signal.reason);
      const one = { principal, isHeavy: binaries.some((binary) => heavyBinaries.has(binary)) };
      if (fits(one)) return work(one, job);
      const busy = (): Busy => ({
        kind: "busy",
        retryAfterMs: estimate.retryAfterMs(waiting / maxConcurrency),
      });
      if (waiting >= maxQueue && !displaced(principal)) return Promise.resolve(busy());
      return new Promise<T | Busy>((resolve, reject) => {
        const giveUp = (): void => {
          if (leave(place)) reject(signal.reason);
        };
        const settle = (value: Promise<T> | Busy): void => {
          signal.removeEventListener("abort", giveUp);
          resolve(value);
        };
        const place: Waiting = { ...one, start: () => settle(work(one, job)), refuse: () => settle(busy()) };
        signal.addEventListener("abort", giveUp, { once: true });
        queues.set(principal, [...(queues.get(principal) ?? []), place]);
        waiting += 1;
      });
    },
  };
}
