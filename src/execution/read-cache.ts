// Answers of reads, for a moment, and the runs that are on their way: many who ask the same start one process. Used by the
// gate through its port, after each of them was judged. Bounded; forgets what a change touches.
import type { Clock } from "../domain/ports.ts";
import type { Reach, ReadCache, ReadQuery, SharedAnswer } from "../domain/read-cache.ts";
import type { StepOutcome } from "../domain/outcome.ts";
import { createFlight, type Flight } from "./flight.ts";

export interface ReadCacheLimits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

const usual: ReadCacheLimits = { maxBytes: 8 * 1024 * 1024, maxEntries: 256 };

interface Entry {
  readonly callId: string;
  readonly steps: readonly StepOutcome[];
  readonly reach: Reach;
  readonly bytes: number;
  readonly startedAt: number;
  readonly ttlMs: number;
}

export interface ReadCacheOptions {
  readonly clock: Pick<Clock, "monotonic">;
  /** Names the cluster that is read: an answer never goes from one to another. */
  readonly place: () => string;
  /** Hears of every good answer: what was read is there. */
  readonly onKept?: () => void;
  readonly limits?: ReadCacheLimits;
}

export function createReadCache({ clock, place, onKept, limits = usual }: ReadCacheOptions): ReadCache {
  const { maxBytes, maxEntries } = limits;
  const flights = new Map<string, Flight>();
  /** In the order in which they came, the oldest first. */
  const entries = new Map<string, Entry>();
  let bytes = 0;

  const keyOf = (query: ReadQuery): string => `${place()}\n${query.key}`;
  const isYoung = ({ startedAt }: { readonly startedAt: number }, ttlMs: number): boolean =>
    clock.monotonic() - startedAt < ttlMs;

  const forget = (key: string): void => {
    bytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };

  const keep = (key: string, entry: Entry): void => {
    forget(key);
    if (entry.bytes > maxBytes) return;
    entries.set(key, entry);
    bytes += entry.bytes;
    for (const [other, held] of entries) {
      const isOver = bytes > maxBytes || entries.size > maxEntries;
      if (isOver || !isYoung(held, held.ttlMs)) forget(other);
    }
  };

  const found = (key: string, ttlMs: number): SharedAnswer | undefined => {
    const held = entries.get(key);
    if (held === undefined || !isYoung(held, ttlMs)) return undefined;
    return { result: "hit", callId: held.callId, steps: held.steps };
  };

  const running = (key: string, ttlMs: number): Flight | undefined => {
    const flight = flights.get(key);
    return flight !== undefined && isYoung(flight, ttlMs) ? flight : undefined;
  };

  return {
    find: (query) => {
      const key = keyOf(query);
      return found(key, query.ttlMs) ?? running(key, query.ttlMs)?.join(query.signal);
    },
    lead: (query) => {
      const key = keyOf(query);
      const { callId, ttlMs, reach } = query;
      if (found(key, ttlMs) !== undefined || running(key, ttlMs) !== undefined) return undefined;
      const flight = createFlight(query, clock, (answer) => {
        if (flights.get(key) !== flight) return;
        flights.delete(key);
        if (answer === undefined || !answer.kept) return;
        onKept?.();
        const { steps } = answer;
        keep(key, { callId, steps, reach, bytes: sizeOf(steps), startedAt: flight.startedAt, ttlMs });
      });
      flights.set(key, flight);
      return flight.lead;
    },
    drop: (reach) => {
      for (const [key, entry] of entries) if (meet(entry.reach, reach)) forget(key);
      for (const [key, flight] of flights) if (meet(flight.reach, reach)) flights.delete(key);
    },
  };
}

const meet = (one: Reach, other: Reach): boolean =>
  one === "everything" || other === "everything" || [...one].some((part) => other.has(part));

/** Room for what stands around the text. */
const entryBytes = 1024;

/** A text takes at most two bytes a character. */
const sizeOf = (steps: readonly StepOutcome[]): number =>
  steps.reduce((sum, { stdout, stderr }) => sum + 2 * (stdout.length + stderr.length), entryBytes);
