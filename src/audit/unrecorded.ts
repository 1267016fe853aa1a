// Counts the records that could not be written, so that the first one that can be says how many are missing. Owned by the log.
import { type AuditKind, auditKinds } from "../domain/audit.ts";

type Counts = Partial<Record<AuditKind, number>>;
interface Told {
  readonly unrecorded?: Counts;
}

export function createUnrecorded() {
  let counts: Counts = {};
  const add = (kind: AuditKind, count: number): void => {
    counts = { ...counts, [kind]: (counts[kind] ?? 0) + count };
  };
  return {
    /** What the next record has to tell; it is told once. */
    take: (): Told => {
      if (Object.keys(counts).length === 0) return {};
      const unrecorded = counts;
      counts = {};
      return { unrecorded };
    },
    /** The record was not written either, so neither is what it had to tell. */
    add: (kind: AuditKind, told: Told): void => {
      for (const [before, count] of entriesOf(told.unrecorded ?? {})) add(before, count);
      add(kind, 1);
    },
  };
}

const entriesOf = (counts: Counts): readonly (readonly [AuditKind, number])[] =>
  auditKinds.flatMap((kind) => (counts[kind] === undefined ? [] : [[kind, counts[kind]] as const]));
