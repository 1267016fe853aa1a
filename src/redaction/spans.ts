// Places in a text that are to be replaced, and the replacing. Used by the structures of this room.
import { isPlaceholder, type Notes, replacement } from "./placeholder.ts";

export interface Span {
  readonly start: number;
  readonly end: number;
  /** Absent: the placeholder of the kind. */
  readonly text?: string;
  /** Stands on both sides of the placeholder. */
  readonly quote?: string;
}

/** Replaces the spans, which do not overlap; what is a placeholder already, or empty, stays. */
export function replaceSpans(text: string, spans: readonly Span[], kind: string, notes: Notes): string {
  const kept: string[] = [];
  let from = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const old = text.slice(span.start, span.end);
    if (span.start < from || old.trim() === "" || isPlaceholder(old)) continue;
    const quote = span.quote ?? "";
    kept.push(
      text.slice(from, span.start),
      span.text ?? `${quote}${replacement(notes, kind, unescaped(old) ?? old)}${quote}`,
    );
    from = span.end;
  }
  return kept.length === 0 ? text : kept.join("") + text.slice(from);
}

/** What a string of JSON says; undefined when it is none. */
export function unescaped(raw: string): string | undefined {
  if (!raw.includes("\\")) return raw;
  try {
    const value: unknown = JSON.parse(`"${raw}"`);
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
