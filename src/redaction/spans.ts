// Places in a text that are to be replaced, and the replacing. Used by the structures of this room.
import { count, type Counts, isPlaceholder, placeholder } from "./placeholder.ts";

export interface Span {
  readonly start: number;
  readonly end: number;
  /** Absent: the placeholder of the kind. */
  readonly text?: string;
  /** Stands on both sides of the placeholder. */
  readonly quote?: string;
}

/** Replaces the spans, which do not overlap; what is a placeholder already, or empty, stays. */
export function replaceSpans(text: string, spans: readonly Span[], kind: string, counts: Counts): string {
  const kept: string[] = [];
  let from = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const old = text.slice(span.start, span.end);
    if (span.start < from || old.trim() === "" || isPlaceholder(old)) continue;
    kept.push(text.slice(from, span.start), span.text ?? `${span.quote ?? ""}${placeholder(kind)}${span.quote ?? ""}`);
    if (span.text === undefined) count(counts, kind);
    from = span.end;
  }
  return kept.length === 0 ? text : kept.join("") + text.slice(from);
}
