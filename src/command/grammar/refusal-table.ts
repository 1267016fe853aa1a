// Spellings that a grammar knows and never understands, by name: the messages that teach why.
import type { KnownRefusal } from "./types.ts";

/** Rows of names, separated by blanks, and what to say about each. A Map: callers' words may be `__proto__`. */
export const refusalTable = (
  ...rows: readonly (readonly [names: string, refusal: KnownRefusal])[]
): ReadonlyMap<string, KnownRefusal> =>
  new Map(rows.flatMap(([names, refusal]) => names.split(" ").map((name) => [name, refusal])));
