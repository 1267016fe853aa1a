// Puts records into their chain and into the sink, in order; records that arrive together share one write and one fsync.
// Owned by the log. After a failure the next record chains to what the sink really holds.
import { setImmediate as nextTurn } from "node:timers/promises";
import { type AuditKey, type ChainHead, genesis, seal, type TornLines, tornLines } from "./chain.ts";
import type { Fields } from "./fit.ts";
import type { Found, Sink } from "./sink.ts";

/** A record that has no place in the chain yet. */
export interface Draft {
  readonly timeMs: number;
  readonly fields: Fields;
  /** Whether it must be on the disk before `write` resolves. */
  readonly sync: boolean;
}

export interface WriterOptions {
  readonly sink: Sink;
  readonly key: AuditKey;
  readonly instance: string;
  readonly segment: string;
  /** Records that may wait while another batch is written. */
  readonly maxWaiting: number;
}

/** More records wait than may: the sink may well be in order. */
export class AuditBacklog extends Error {}

interface Waiting {
  readonly draft: Draft;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One write holds at most this many records: 2 MB. */
const maxBatch = 128;
const start: ChainHead = { seq: 0, mac: genesis };

export function createWriter({ sink, key, instance, segment, maxWaiting }: WriterOptions) {
  const waiting: Waiting[] = [];
  let head: ChainHead | undefined;
  /** Heads of a batch whose write failed: the sink may hold some of them all the same. */
  let doubtful: readonly ChainHead[] = [];
  let torn: TornLines | undefined;
  let isOpen = false;
  let isClosed = false;
  let running: Promise<void> | undefined;

  const openSink = async (): Promise<void> => {
    const found = await sink.open();
    head = headAfter(found, head, doubtful);
    torn = found.torn.length === 0 ? undefined : tornLines(found.torn);
    doubtful = [];
    isOpen = true;
  };

  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    if (!isOpen || !(await sink.intact())) await openSink();
    let last = head ?? start;
    const heads: ChainHead[] = [];
    const lines = batch.map(({ draft: { timeMs, fields } }, index) => {
      const place = { seq: last.seq + 1, time: new Date(timeMs).toISOString(), instance, segment };
      const vouched = index === 0 && torn !== undefined ? { torn } : {};
      const sealed = seal({ ...place, ...fields, key: key.id, ...vouched, prev: last.mac }, key);
      last = sealed.head;
      heads.push(last);
      return `${sealed.line}\n`;
    });
    doubtful = heads;
    await sink.write(
      lines.join(""),
      batch.some(({ draft }) => draft.sync),
    );
    head = last;
    doubtful = [];
    torn = undefined;
  };

  const drain = async (): Promise<void> => {
    // Whatever is appended in this turn of the event loop shares the batch.
    await nextTurn();
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxBatch);
      try {
        await commit(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        isOpen = false;
        for (const { reject } of batch) reject(error);
      }
    }
    running = undefined;
  };

  return {
    /** The last record that the sink has taken. */
    get head(): ChainHead | undefined {
      return head;
    },
    /** Resolves when the record is written, and on the disk where it must be; rejects with the system's error. */
    write: (draft: Draft): Promise<void> => {
      if (isClosed) return Promise.reject(new Error("the audit log is closed"));
      if (waiting.length >= maxWaiting) return Promise.reject(new AuditBacklog("too many audit records are waiting"));
      return new Promise((resolve, reject) => {
        waiting.push({ draft, resolve, reject });
        running ??= drain();
      });
    },
    /** Takes a record back that is still waiting. */
    forget: (draft: Draft): void => {
      const index = waiting.findIndex((entry) => entry.draft === draft);
      if (index !== -1) waiting.splice(index, 1);
    },
    close: async (): Promise<void> => {
      isClosed = true;
      await running;
      await sink.close();
    },
  };
}

/**
 * Where the chain goes on. What we know to be durable is never given up for what a file says now: a file that was cut
 * or exchanged under us then shows as a gap.
 */
function headAfter(found: Found, known: ChainHead | undefined, doubtful: readonly ChainHead[]): ChainHead | undefined {
  if (known === undefined && doubtful.length === 0) return found.last;
  const arrived = doubtful.find(({ mac }) => mac === found.last?.mac);
  return arrived ?? known;
}
