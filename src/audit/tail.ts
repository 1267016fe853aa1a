// Finds the record that the next one chains to, at the end of what was written so far. Pure; used by the sinks.
import { readPlace } from "./chain.ts";
import type { Found } from "./sink.ts";

const lineBreak = 0x0a;

/** Finds the last whole record and the torn lines behind it; a record that only lacks its line break is whole. */
export function findTail(bytes: Buffer): Found {
  const torn: Buffer[] = [];
  for (const line of linesOf(bytes).toReversed()) {
    const place = readPlace(line);
    if (place !== undefined) return { last: { seq: place.seq, mac: place.mac }, torn };
    torn.unshift(line);
  }
  return { torn };
}

/** True when every line begins as a record does: what is left of an audit file whose very first write was cut short. */
export const looksLikeAudit = (lines: readonly Buffer[]): boolean =>
  lines.every((line) => recordStart.startsWith(line.toString("latin1", 0, recordStart.length)));

/** What every record begins with. */
export const recordStart = '{"seq":';

/** True when more can be appended without ending a line first. */
export const isWholeLines = (bytes: Buffer): boolean => bytes.length === 0 || bytes.at(-1) === lineBreak;

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, from)) {
    lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return from < bytes.length ? [...lines, bytes.subarray(from)] : lines;
}
