// The arguments of a call that never became a command, as far as they may be kept: redacted first, cut afterwards, so that
// no half of a secret is left standing. Pure; used by record.ts.
import type { Redact } from "./clean.ts";
import { sha256 } from "./sha256.ts";

const maxKeptBytes = 2 * 1024;
/** Text that is looked at before the cut, characters: a string is redacted whole or left out whole. */
const maxLookedAtChars = 64 * 1024;
const maxDepth = 32;

/** `raw_arguments` (JSON text, redacted, at most 2 KB), its length and digest before redaction; never replayable. */
export function rawArgumentsFields(raw: unknown, redact: Redact): Readonly<Record<string, unknown>> {
  const kept = cutToBytes(redact(JSON.stringify(redactLeaves(raw, redact))), maxKeptBytes);
  return { raw_arguments: kept, ...digest(raw), replayable: false };
}

/** Redacts each string on its own, because JSON escapes would hide a key's line breaks from a pattern. */
function redactLeaves(raw: unknown, redact: Redact): unknown {
  let left = maxLookedAtChars;
  const text = (value: string): string => {
    if (left <= 0) return "…";
    left -= value.length + 1;
    return redact(value);
  };
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return text(value);
    if (typeof value !== "object" || value === null) return value ?? null;
    if (depth === maxDepth) return "…";
    if (!Array.isArray(value)) {
      const entries = Object.entries(value).slice(0, maxEntries);
      return Object.fromEntries(entries.map(([name, item]) => [text(name), walk(item, depth + 1)]));
    }
    return value.slice(0, maxEntries).map((item) => walk(item, depth + 1));
  };
  return walk(raw, 0);
}

/** Entries of one array or object that are looked at: more than 2 KB can show. */
const maxEntries = 1024;

function digest(raw: unknown): Readonly<Record<string, unknown>> {
  try {
    const text = JSON.stringify(raw) ?? "null";
    return { raw_arguments_sha256: sha256(text), raw_arguments_bytes: Buffer.byteLength(text) };
  } catch (error) {
    // Nested deeper than the stack: there is no text to take a digest of.
    if (error instanceof RangeError) return {};
    throw error;
  }
}

function cutToBytes(text: string, maxBytes: number): string {
  // As a field of the record the text is escaped once more: that form has to fit.
  if (Buffer.byteLength(JSON.stringify(text)) <= maxBytes) return text;
  let end = Math.min(text.length, maxBytes);
  while (Buffer.byteLength(JSON.stringify(text.slice(0, end))) > maxBytes - 4) end = Math.floor(end * 0.9);
  return `${text.slice(0, end).toWellFormed()}…`;
}
