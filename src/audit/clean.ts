// Makes free-form details fit to be recorded: names in snake_case, every text redacted. Pure; used by record.ts.

/** Replaces secrets in a text by placeholders (the redaction room's, bound to its profiles). */
export type Redact = (text: string) => string;

/** What nests deeper is no detail of ours. */
const maxDepth = 8;

/** JSON value → the same with snake_case names and redacted texts; what JSON cannot hold becomes null. */
export function clean(value: unknown, redact: Redact, depth = 0): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean" || value === null || value === undefined) return value;
  if (typeof value !== "object" || depth === maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => clean(item, redact, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [toSnakeCase(name), clean(item, redact, depth + 1)]),
  );
}

const toSnakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
