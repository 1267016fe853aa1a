// Reads parsed JSON of unknown shape by path. Used all over the simulated cluster, whose objects are plain JSON.
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at a dotted path (`status.phase`), or undefined. Keys that contain dots themselves: read their parent. */
export function at(value: unknown, path: string): unknown {
  let here: unknown = value;
  for (const key of path.split(".")) {
    if (!isFields(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** "" for what is absent, text for strings, numbers and booleans. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean" ? String(found) : "";
}

export function numberAt(value: unknown, path: string): number {
  const found = at(value, path);
  return typeof found === "number" ? found : 0;
}

export function fieldsAt(value: unknown, path: string): Fields {
  const found = at(value, path);
  return isFields(found) ? found : {};
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}
