// What several calls that read the same share: the answer of a moment ago, or the run of one of them. Port of the gate.
import type { StepOutcome } from "./outcome.ts";

/** What a plan looks at or changes: `namespace/x`, `repository/o/r`; everything where the model names neither. */
export type Reach = "everything" | ReadonlySet<string>;

/** A read that may be answered by another call's run. */
export interface ReadQuery {
  /** Equal for calls that would run the very same thing under the very same obligations. */
  readonly key: string;
  /** An answer is as old as the start of its run. */
  readonly ttlMs: number;
  readonly reach: Reach;
  /** The asking call's id: others name it when they get what it ran. */
  readonly callId: string;
  /** Aborted when the asking caller goes away. */
  readonly signal: AbortSignal;
}

export interface SharedAnswer {
  readonly result: "hit" | "shared";
  /** Id of the call that ran it. */
  readonly callId: string;
  readonly steps: readonly StepOutcome[];
}

/** One call's run while others may wait for it. */
export interface Lead {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Resolves when the leading caller has gone and others still wait: the run is theirs now. */
  readonly left: Promise<void>;
  /** The process is about to start. */
  started(): void;
  /** Without an answer those who wait have to look for themselves; one that is not `kept` is told to them only. */
  end(answer?: { readonly steps: readonly StepOutcome[]; readonly kept: boolean }): void;
}

export interface ReadCache {
  /**
   * Another call's answer, now or when it has run; undefined: there is none. At once where nothing has to be waited for, so
   * that of calls which come together the first leads and the others find it.
   */
  find(query: ReadQuery): SharedAnswer | Promise<SharedAnswer | undefined> | undefined;
  /** From now on others wait for this call; undefined when another came first. */
  lead(query: ReadQuery): Lead | undefined;
  /** Something changes there: what was read before is not told again, nor what is being read now. */
  drop(reach: Reach): void;
}
