// Follows the chains that verify reads: which segment stands where, and which record may come next. Owned by verify.
import { type ChainHead, genesis, type LinePlace } from "./chain.ts";

export interface AuditSegment {
  readonly segment: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Where the first record may stand: at the very beginning, behind a record that is known, or anywhere. */
export type ChainStart = "genesis" | "anywhere" | ChainHead;

/** Why a record cannot stand where it does; `wanted` is what the record that belongs there chains to. */
export type Misplaced =
  | { readonly kind: "copy" }
  /** Something is missing before it, or it stands too early. */
  | { readonly kind: "gap"; readonly wanted: string };

/** Several replicas may write to one stream: each segment is followed by itself. */
export function createSegments(start: ChainStart = "genesis") {
  const segments = new Map<string, AuditSegment>();
  /** Segments that may go on; one that a later segment chained to may not. */
  const heads = new Map<string, ChainHead>();
  let last = typeof start === "object" ? start : undefined;
  if (last !== undefined) heads.set("", last);
  let beginnings = heads.size;

  /** Undefined when the record cannot come next; `ends` is the segment that it goes on from. */
  const placeOf = ({ segment, prev }: LinePlace): { readonly ends?: string } | undefined => {
    const own = heads.get(segment);
    if (own !== undefined) return prev === own.mac ? {} : undefined;
    if (segments.has(segment)) return undefined;
    if (prev === genesis || (segments.size === 0 && start === "anywhere")) return {};
    const before = [...heads].find(([, head]) => head.mac === prev);
    return before === undefined ? undefined : { ends: before[0] };
  };

  return {
    fits: (place: LinePlace): boolean => placeOf(place) !== undefined,
    /** Takes the next record, or says why it cannot stand there. */
    take: (place: LinePlace): Misplaced | undefined => {
      const { seq, mac, segment } = place;
      const found = placeOf(place);
      const known = segments.get(segment);
      if (found === undefined) {
        if (known !== undefined && seq >= known.firstSeq && seq <= known.lastSeq) return { kind: "copy" };
        return { kind: "gap", wanted: (heads.get(segment) ?? last)?.mac ?? genesis };
      }
      if (found.ends !== undefined) heads.delete(found.ends);
      else if (known === undefined) beginnings += 1;
      last = { seq, mac };
      heads.set(segment, last);
      segments.set(segment, { segment, firstSeq: known?.firstSeq ?? seq, lastSeq: seq });
      return undefined;
    },
    has: (segment: string): boolean => segments.has(segment),
    /** True when each process start began a chain of its own. */
    areSeparate: () => beginnings > 1,
    list: (): readonly AuditSegment[] => [...segments.values()],
    last: () => last,
  };
}
