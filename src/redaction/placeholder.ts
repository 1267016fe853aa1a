// What stands where a secret was. Used by every pattern and structure of this room, and by nothing else.

/** Replacements by kind, counted while a text is read. */
export type Counts = Map<string, number>;

/** A text that stays one word in JSON, YAML and tables. */
export const placeholder = (kind: string): string => `[redacted:${kind}]`;

/** True when nothing but placeholders is left of a value: redacting twice must change nothing. */
export const isPlaceholder = (value: string): boolean =>
  /^(?:"?\[redacted:[a-z_]{1,40}\]"?\s{0,4})+$/.test(value.trim());

export function count(counts: Counts, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
