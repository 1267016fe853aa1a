// Where audit lines go. Two implementations, file and standard output; the log knows no others.
import type { ChainHead } from "./chain.ts";

/** What a sink holds when it is opened: the last whole record, and what was left behind it by a write that failed. */
export interface Found {
  readonly last?: ChainHead;
  readonly torn: readonly Buffer[];
}

export interface Sink {
  /** Opens or reopens. Rejects with the system's error. */
  open(): Promise<Found>;
  /** False when what was opened is gone, was moved away, or was changed by somebody else. */
  intact(): Promise<boolean>;
  /** Appends whole lines, each with its line break; resolves when they are written and, with `sync`, on the disk. */
  write(lines: string, sync: boolean): Promise<void>;
  close(): Promise<void>;
}
