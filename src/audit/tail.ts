// Finds the record that the next one chains to, at the end of what was written so far. Pure; used by the sinks.
import { readPlace } from "./chain.ts";
import type { Found } from "./sink.ts";

/** Finds the last whole record and the torn lines behind it; a record that only lacks its line break is whole. */
export function findTail(text: string): Found {
  const torn: string[] = [];
  for (const line of text.split("\n").toReversed()) {
    if (line === "") continue;
    const place = readPlace(line);
    if (place !== undefined) return { last: { seq: place.seq, mac: place.mac }, torn };
    torn.unshift(line);
  }
  return { torn };
}

/** True when every line begins as a record does: what is left of an audit file whose very first write was cut short. */
export const looksLikeAudit = (lines: readonly string[]): boolean =>
  lines.every((line) => recordStart.startsWith(line.slice(0, recordStart.length)));

const recordStart = '{"seq":';
