// The shape of a manifest as data: which fields are known, of what type, and what each says. A field that no shape knows
// is refused, so that nothing is applied that was not looked at. Shapes stand in pod-shape.ts and kind-shapes.ts.
import type { Findings } from "./findings.ts";
import { isList, isMap, type Json, type JsonMap, ManifestError } from "./json.ts";

export type Shape =
  /** Any value: it says nothing that a judgement rests on. */
  | { readonly kind: "plain" }
  | { readonly kind: "text"; readonly says?: (found: Findings, value: string) => void }
  | { readonly kind: "boolean"; readonly says?: (found: Findings, value: boolean) => void }
  | { readonly kind: "integer"; readonly min?: number; readonly says?: (found: Findings, value: number) => void }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "list"; readonly of: Shape }
  /** Any keys, each with a value of one shape: labels, data. */
  | { readonly kind: "entries"; readonly of: Shape }
  | { readonly kind: "fields"; readonly fields: Fields; readonly says?: (found: Findings, value: JsonMap) => void };

type Fields = ReadonlyMap<string, Shape>;

export const plain: Shape = { kind: "plain" };
export const text: Shape = { kind: "text" };
export const boolean: Shape = { kind: "boolean" };
export const texts: Shape = { kind: "list", of: text };
export const textual: Shape = { kind: "entries", of: text };

export const list = (of: Shape): Shape => ({ kind: "list", of });
export const says = (note: (found: Findings, value: string) => void): Shape => ({ kind: "text", says: note });

/** `shaped` by name, and `names`, separated by blanks, of fields that say nothing. */
export const fields = (
  names: string,
  shaped: Readonly<Record<string, Shape>> = {},
  note?: (found: Findings, value: JsonMap) => void,
): Shape => ({
  kind: "fields",
  fields: new Map([
    ...names
      .split(" ")
      .filter((name) => name !== "")
      .map((name): [string, Shape] => [name, plain]),
    ...Object.entries(shaped),
  ]),
  ...(note === undefined ? {} : { says: note }),
});

/** Walks a value by its shape. null is a field that is not there. `path` is for messages. */
export function check(shape: Shape, value: Json, path: string, found: Findings): void {
  if (value === null || shape.kind === "plain") return;
  switch (shape.kind) {
    case "text":
      if (typeof value !== "string") throw mustBe("text; quote it", path);
      shape.says?.(found, value);
      break;
    case "boolean":
      if (typeof value !== "boolean") throw mustBe("true or false", path);
      shape.says?.(found, value);
      break;
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value) || value < (shape.min ?? 0))
        throw mustBe(`a whole number from ${shape.min ?? 0}`, path);
      shape.says?.(found, value);
      break;
    case "choice":
      if (typeof value !== "string" || !shape.values.includes(value))
        throw mustBe(`one of ${shape.values.join(", ")}`, path);
      break;
    case "list":
      if (!isList(value)) throw mustBe("a list", path);
      for (const [index, item] of value.entries()) check(shape.of, item, `${path}[${index}]`, found);
      break;
    case "entries":
      if (!isMap(value)) throw mustBe("a map", path);
      for (const [key, item] of Object.entries(value)) check(shape.of, item, `${path}.${key}`, found);
      break;
    case "fields":
      checkFields(shape.fields, value, path, found);
      if (isMap(value)) shape.says?.(found, value);
      break;
  }
}

function checkFields(known: Fields, value: Json, path: string, found: Findings): void {
  if (!isMap(value)) throw mustBe("a map", path);
  for (const [key, item] of Object.entries(value)) {
    const shape = known.get(key);
    const place = path === "" ? key : `${path}.${key}`;
    if (shape === undefined)
      throw new ManifestError(`has a field that is not understood: ${place}`, key, "leave it out");
    check(shape, item, place, found);
  }
}

const mustBe = (what: string, path: string) => new ManifestError(`is not understood: ${path} must be ${what}`, path);
