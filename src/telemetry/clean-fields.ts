// Log fields as they may be written: every text redacted, errors as type, message and stack. Pure; used by logger.ts.

const maxDepth = 8;

/** Redacts every text within the fields of one log line; what nests too deep, or in a circle, is cut. */
export function cleanFields(
  fields: Readonly<Record<string, unknown>>,
  redact: (text: string) => string,
): Record<string, unknown> {
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return redact(value);
    if (typeof value === "bigint") return value.toString();
    if (typeof value !== "object" || value === null) return value;
    if (depth === maxDepth) return "…";
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
    return walkEntries(value instanceof Error ? errorFields(value) : value, depth);
  };
  const walkEntries = (value: object, depth: number) =>
    Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, depth + 1)]));
  return walkEntries(fields, 0);
}

const errorFields = (error: Error): object => ({
  type: error.name,
  message: error.message,
  ...("code" in error ? { code: error.code } : {}),
  ...(error.cause === undefined ? {} : { cause: error.cause }),
  stack: error.stack,
});
