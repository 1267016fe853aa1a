// Lines that are no records of ours, held until the next record says what they are: a write that was cut short, a stranger's
// lines, or records that somebody changed. Owned by verify.
import { type AuditKey, createTornLines, type LinePlace } from "./chain.ts";
import type { AuditLine } from "./read-lines.ts";
import { recordStart } from "./tail.ts";

export interface SuspectLine {
  readonly at: AuditLine;
  /** Undefined when the line is not even the shape of a record. */
  readonly place?: LinePlace;
}

/** One after the other, with no record between them. */
export interface Suspects extends SuspectLine {
  /** The first is `at`; they are not kept, there may be gigabytes of them. */
  readonly torn: ReturnType<typeof createTornLines>;
  readonly areWithoutMac: boolean;
  readonly isLastCut: boolean;
}

/** The suspects so far and one more. */
export function addSuspect(before: Suspects | undefined, line: SuspectLine): Suspects {
  const torn = before?.torn ?? createTornLines();
  torn.add(line.at.bytes);
  return {
    ...(before ?? line),
    torn,
    areWithoutMac: line.place === undefined && before?.areWithoutMac !== false,
    isLastCut: !line.at.ended,
  };
}

/** True when the record's writer found exactly these lines before it. */
export function areVouchedFor({ torn, areWithoutMac }: Suspects, by: LinePlace): boolean {
  const { lines, sha256 } = torn.sum();
  return areWithoutMac && by.torn?.lines === lines && by.torn.sha256 === sha256;
}

/** What stands in the place of a record: written under another key, or changed. */
export function substituteKind(
  { place }: Suspects,
  keys: ReadonlyMap<string, AuditKey>,
  isKnown: (segment: string) => boolean,
) {
  return place !== undefined && !keys.has(place.keyId) && !isKnown(place.segment) ? "other_key" : "edited";
}

/** What a file ends in, when no record comes after it. */
export function endKind(
  suspects: Suspects,
  keys: ReadonlyMap<string, AuditKey>,
  isKnown: (segment: string) => boolean,
) {
  const { at, torn, isLastCut, areWithoutMac } = suspects;
  const isRecordLike = at.bytes.toString("latin1", 0, recordStart.length) === recordStart;
  if (isLastCut && areWithoutMac && torn.sum().lines === 1) return "truncated";
  return isRecordLike ? substituteKind(suspects, keys, isKnown) : "inserted";
}
