// Policy inputs that nobody wrote: parts of real ones in other places, facts left out, and facts of a wrong type. Seeded, so
// that a failure can be had again.

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const nonsense: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  7,
  "",
  "x",
  "secrets",
  "kube-system",
  "*",
  [],
  ["x"],
  [[]],
  {},
  { x: 1 },
];

/** `count` inputs made of `bases`; equal seeds give equal inputs. */
export function* generateInputs(bases: readonly string[], count: number, seed: number): Generator<string> {
  const random = generator(seed);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const parsed: readonly Json[] = bases.map((text) => JSON.parse(text));
  for (let made = 0; made < count; made += 1) {
    let input: Json = pick(parsed) ?? {};
    const edits = 1 + Math.floor(random() * 4);
    for (let edit = 0; edit < edits; edit += 1) {
      const path = pick(pathsOf(input)) ?? [];
      const donor = random() < 0.7 ? at(pick(parsed) ?? {}, path) : pick(nonsense);
      input = replaced(input, path, random() < 0.1 ? undefined : donor);
    }
    yield JSON.stringify(input);
  }
}

/** Mulberry32: small, and good enough to shuffle with. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Every place below the top. */
function pathsOf(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return typeof value === "object" && value !== null ? at(new Map(Object.entries(value)).get(key), rest) : undefined;
}

/** The value with another member at the path; without one when there is none. */
function replaced(value: Json, path: readonly string[], member: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return member ?? null;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, old]): readonly (readonly [string, Json])[] => {
    if (name !== key) return [[name, old]];
    if (rest.length > 0) return [[name, replaced(old, rest, member)]];
    return member === undefined ? [] : [[name, member]];
  });
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
