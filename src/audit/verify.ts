// Holds audit lines against their key: finds the first line that was edited, moved, added, or stands where others are gone.
// A fold over lines: what it says of a line hangs on the lines before it, and to name a fault it looks on at those behind.
// Called by `ai-sre audit verify`.
import { type AuditKey, type ChainHead, isAuthentic, type LinePlace, readPlace } from "./chain.ts";
import type { AuditLine } from "./read-lines.ts";
import { type AuditSegment, type ChainStart, createSegments } from "./segments.ts";
import { addSuspect, areVouchedFor, endKind, substituteKind, type Suspects } from "./suspects.ts";
import { createUnfinished, type Unfinished } from "./unfinished.ts";

export type AuditProblem =
  /** The bytes are not those that were written. */
  | "edited"
  /** Records before this line are gone. */
  | "removed"
  /** The line was not written there: a stranger's, or the copy of a record. */
  | "inserted"
  /** The record that belongs here stands further down. */
  | "reordered"
  /** The last line was cut short, or the end that was noted elsewhere is not there. */
  | "truncated"
  /** Written under a key that was not given: nothing can be said about it. */
  | "other_key";

export interface AuditFault {
  readonly ok: false;
  readonly problem: AuditProblem;
  readonly file: string;
  readonly line: number;
  /** Records before it, all of them as they were written. */
  readonly records: number;
}

/**
 * `chained`: every record follows the one before, over restarts and files, so nothing is missing between first and last.
 * `per_segment`: process starts began chains of their own (standard output), so a whole segment may be missing.
 * Neither can see that lines were cut off the end: compare `last` with a head that was noted elsewhere.
 */
export interface AuditWhole {
  readonly ok: true;
  readonly promise: "chained" | "per_segment";
  readonly records: number;
  readonly segments: readonly AuditSegment[];
  /** Lines that a crash or a full disk cut short and that the next record vouches for. */
  readonly torn: number;
  readonly first?: ChainHead;
  readonly last?: ChainHead;
  /** What was begun and has no outcome. */
  readonly unknown: readonly Unfinished[];
}

export interface VerifierOptions {
  readonly keys: readonly AuditKey[];
  readonly start?: ChainStart;
  /** A head that was noted elsewhere; the audit must hold it. */
  readonly head?: ChainHead;
  /** Lines that are no records are somebody else's (a container's whole output), and passed over. */
  readonly mixed?: boolean;
}

/** The MAC of a noted head may be shortened, by whoever copied it. */
const isHead = ({ seq, mac }: ChainHead, noted: ChainHead): boolean => seq === noted.seq && mac.startsWith(noted.mac);

export function createVerifier({ keys, start, head, mixed = false }: VerifierOptions) {
  const byId = new Map(keys.map((key) => [key.id, key]));
  const segments = createSegments(start);
  const unfinished = createUnfinished();
  let suspects: Suspects | undefined;
  let fault: AuditFault | undefined;
  /** What the record that is missing at the fault chains to, while it may still turn up. */
  let wanted: string | undefined;
  let records = 0;
  let torn = 0;
  let first: ChainHead | undefined;
  let end: Pick<AuditLine, "file" | "line"> = { file: "", line: 0 };
  let isHeadThere = head === undefined || (typeof start === "object" && isHead(start, head));

  const found = (problem: AuditProblem, { file, line }: Pick<AuditLine, "file" | "line">): void => {
    fault = { ok: false, problem, file, line, records };
  };

  const isOurs = (bytes: Buffer, { keyId }: LinePlace): boolean => {
    const key = byId.get(keyId);
    return key !== undefined && isAuthentic(bytes, key);
  };

  const accept = (place: LinePlace): void => {
    records += 1;
    first ??= { seq: place.seq, mac: place.mac };
    isHeadThere ||= head !== undefined && isHead(place, head);
    unfinished.take(place.fields);
  };

  /** A record that is as it was written: does it stand where it was written? */
  const stand = (at: AuditLine, here: LinePlace): void => {
    if (suspects !== undefined && !areVouchedFor(suspects, here)) {
      const isChainWhole = segments.fits(here) && here.torn === undefined;
      return found(
        isChainWhole ? "inserted" : substituteKind(suspects, byId, (name) => isKnown(name, here)),
        suspects.at,
      );
    }
    if (suspects === undefined && here.torn !== undefined && !mixed) return found("removed", at);
    const misplaced = segments.take(here);
    if (misplaced !== undefined) {
      if (misplaced.kind === "gap") wanted = misplaced.wanted;
      return found(misplaced.kind === "copy" ? "inserted" : "removed", at);
    }
    torn += suspects?.torn.sum().lines ?? 0;
    suspects = undefined;
    accept(here);
  };

  const isKnown = (segment: string, behind?: LinePlace): boolean =>
    segments.has(segment) || segment === behind?.segment;

  /** After a gap: the record that belongs there, further down, says that it was moved. */
  const lookOn = (at: AuditLine): void => {
    if (fault === undefined || wanted === undefined || !at.bytes.includes(`"prev":"${wanted}"`)) return;
    const here = readPlace(at.bytes);
    if (here?.prev !== wanted || !isOurs(at.bytes, here)) return;
    fault = { ...fault, problem: "reordered" };
    wanted = undefined;
  };

  return {
    /** Takes the next line; false when the lines behind it can add nothing. */
    take: (at: AuditLine): boolean => {
      end = at;
      if (fault !== undefined) lookOn(at);
      else {
        const here = readPlace(at.bytes);
        if (here !== undefined && isOurs(at.bytes, here)) stand(at, here);
        else if (here !== undefined || !mixed) suspects = addSuspect(suspects, { at, ...(here && { place: here }) });
      }
      return fault === undefined || wanted !== undefined;
    },
    verdict: (): AuditWhole | AuditFault => {
      if (fault !== undefined) return fault;
      if (suspects !== undefined)
        found(
          endKind(suspects, byId, (name) => isKnown(name)),
          suspects.at,
        );
      const last = segments.last();
      // A record that stands where the head stood is another one: the audit was written anew, with the key.
      if (fault === undefined && !isHeadThere) found((last?.seq ?? 0) < (head?.seq ?? 0) ? "truncated" : "edited", end);
      return (
        fault ?? {
          ok: true,
          promise: segments.areSeparate() ? "per_segment" : "chained",
          records,
          segments: segments.list(),
          torn,
          ...(first === undefined ? {} : { first }),
          ...(last === undefined ? {} : { last }),
          unknown: unfinished.list(),
        }
      );
    },
  };
}
