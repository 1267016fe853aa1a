// What stands where a secret was, and the count of it. Used by every pattern and structure of this room.
import type { Fingerprint } from "./fingerprint.ts";

/** Where replacements are noted while a text is read. */
export interface Notes {
  /** Replacements by kind. */
  readonly counts: Map<string, number>;
  /** Absent: placeholders do not show which values were equal. */
  readonly fingerprint?: Fingerprint;
}

/** A text that stays one word in JSON, YAML and tables; counted. `value` is given where equality may show. */
export function replacement(notes: Notes, kind: string, value?: string): string {
  notes.counts.set(kind, (notes.counts.get(kind) ?? 0) + 1);
  const { fingerprint } = notes;
  return value === undefined || fingerprint === undefined
    ? `[redacted:${kind}]`
    : `[redacted:${kind}:${fingerprint(value)}]`;
}

/** True when nothing but placeholders is left of a value: redacting twice must change nothing. */
export const isPlaceholder = (value: string): boolean =>
  value.includes("[redacted:") && /^(?:"?\[redacted:[a-z_0-9]{1,40}(?::[0-9a-f]{8})?\]"?\s{0,4})+$/.test(value.trim());

/** Notes the placeholders that `redacted` holds and `text` did not. */
export function countPlaceholders(text: string, redacted: string, counts: Map<string, number>): void {
  for (const [source, step] of [
    [redacted, 1],
    [text, -1],
  ] as const) {
    for (const [, kind = ""] of source.matchAll(/\[redacted:([a-z_0-9]{1,40})(?::[0-9a-f]{8})?\]/g)) {
      const count = (counts.get(kind) ?? 0) + step;
      if (count > 0) counts.set(kind, count);
      else counts.delete(kind);
    }
  }
}
