// Holds audit lines against their key: finds the first line that was edited, moved, or stands where others are missing.
// Pure. This version has no command for it: the tests call it, on what the log writes.
import { type AuditKey, deriveAuditKey, isAuthentic, type LinePlace, readPlace, tornLines } from "./chain.ts";
import { type AuditSegment, createSegments } from "./segments.ts";

export type AuditProblem =
  /** No audit record, and the record after it does not vouch for a write that was cut short. */
  | "not_a_record"
  /** The last line was cut short and nothing was written since. */
  | "torn_end"
  /** Written under another secret key: nothing can be said about it. */
  | "other_key"
  /** The bytes are not those that were written. */
  | "edited"
  /** Records before this line are gone. */
  | "missing_before"
  /** The line is repeated or stands in the wrong place. */
  | "out_of_order";

/**
 * `chained`: every record follows the one before, over restarts, so nothing is missing before the last line.
 * `per_segment`: each process start is a chain of its own (standard output), so a whole segment may be missing.
 * Neither can see that lines were cut off the end: compare `last` with a copy kept elsewhere.
 */
export type AuditVerdict =
  | {
      readonly ok: true;
      readonly promise: "chained" | "per_segment";
      readonly records: number;
      readonly segments: readonly AuditSegment[];
      /** Lines that a crash or a full disk cut short and that the next record vouches for. */
      readonly torn: number;
      readonly last?: { readonly seq: number; readonly mac: string };
    }
  | { readonly ok: false; readonly line: number; readonly problem: AuditProblem; readonly records: number };

interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

/** Verifies lines in order; line numbers count from 1, empty lines are skipped. */
export function verifyAudit(lines: Iterable<string>, secretKey: Uint8Array): AuditVerdict {
  const key = deriveAuditKey(secretKey);
  const segments = createSegments();
  let torn: NumberedLine[] = [];
  let tornTotal = 0;
  let records = 0;
  let line = 0;

  for (const text of lines) {
    line += 1;
    if (text === "") continue;
    const place = readPlace(text);
    if (place === undefined) {
      torn.push({ line, text });
      continue;
    }
    const bytes = judgeBytes(text, place, key);
    const [firstTorn] = torn;
    if (firstTorn !== undefined && (bytes !== undefined || !vouches(place, torn))) {
      return { ok: false, line: firstTorn.line, problem: "not_a_record", records };
    }
    const gap = firstTorn === undefined && place.torn !== undefined ? "missing_before" : undefined;
    const problem = bytes ?? gap ?? segments.take(place, line);
    if (problem !== undefined) return { ok: false, line, problem, records };
    tornTotal += torn.length;
    torn = [];
    records += 1;
  }

  const [left] = torn;
  if (left !== undefined) {
    return { ok: false, line: left.line, problem: torn.length === 1 ? "torn_end" : "not_a_record", records };
  }
  const last = segments.last();
  return {
    ok: true,
    promise: segments.areSeparate() ? "per_segment" : "chained",
    records,
    segments: segments.list(),
    torn: tornTotal,
    ...(last === undefined ? {} : { last }),
  };
}

function judgeBytes(text: string, place: LinePlace, key: AuditKey): "other_key" | "edited" | undefined {
  if (isAuthentic(text, key)) return undefined;
  return place.keyId === key.id ? "edited" : "other_key";
}

function vouches(place: LinePlace, torn: readonly NumberedLine[]): boolean {
  const { lines, sha256 } = tornLines(torn.map(({ text }) => text));
  return place.torn?.lines === lines && place.torn.sha256 === sha256;
}
