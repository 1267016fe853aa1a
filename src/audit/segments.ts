// Follows the chains that verify reads: which segment stands where, and which record may come next. Owned by verify.
import { type ChainHead, genesis, type LinePlace } from "./chain.ts";

export interface AuditSegment {
  readonly segment: string;
  readonly firstLine: number;
  readonly lastSeq: number;
}

/** Several replicas may write to one stream: each segment is followed by itself. */
export function createSegments() {
  const segments = new Map<string, AuditSegment>();
  /** Segments that may go on; one that a later segment chained to may not. */
  const heads = new Map<string, ChainHead>();
  let beginnings = 0;
  let last: ChainHead | undefined;

  const accept = (place: LinePlace, line: number): undefined => {
    const { seq, mac, segment } = place;
    last = { seq, mac };
    heads.set(segment, last);
    segments.set(segment, { segment, firstLine: segments.get(segment)?.firstLine ?? line, lastSeq: seq });
    return undefined;
  };

  return {
    /** Takes the next record; says what is wrong when it cannot stand there. */
    take: (place: LinePlace, line: number): "missing_before" | "out_of_order" | undefined => {
      const own = heads.get(place.segment);
      if (own !== undefined) {
        if (place.prev === own.mac) return accept(place, line);
        return place.seq > own.seq + 1 ? "missing_before" : "out_of_order";
      }
      if (segments.has(place.segment)) return "out_of_order";
      if (place.prev === genesis) {
        beginnings += 1;
        return accept(place, line);
      }
      const before = [...heads].find(([, head]) => head.mac === place.prev);
      if (before !== undefined) {
        heads.delete(before[0]);
        return accept(place, line);
      }
      return [...heads.values()].some(({ seq }) => seq >= place.seq) ? "out_of_order" : "missing_before";
    },
    /** True when each process start began a chain of its own. */
    areSeparate: () => beginnings > 1,
    list: (): readonly AuditSegment[] => [...segments.values()],
    last: () => last,
  };
}
