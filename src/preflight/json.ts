// Reading what a command printed as JSON. Pure.

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The map below a key; an empty one where there is none. */
export function fieldsAt(value: unknown, key: string): Fields {
  const inner = isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isFields(inner) ? inner : {};
}

/** Undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
