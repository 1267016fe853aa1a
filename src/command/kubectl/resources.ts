// Spellings of a resource type → the one canonical kind: `po`, `pods`, `Pod`, `deploy.apps`, `deployments.v1.apps`.
import type { ResourceKind } from "../../domain/command.ts";
import { nearest } from "../nearest.ts";
import { accept, refuse, type Result, shorten, type Token } from "../refusal.ts";
import { builtInKinds, categoryAll } from "./resource-table.ts";

export type KindTable = ReadonlyMap<string, readonly ResourceKind[]>;

/** Index by every spelling, lower case. Site data's kinds join the built-in ones and cannot replace them. */
export function createKindTable(extra: readonly ResourceKind[]): KindTable {
  const table = new Map<string, ResourceKind[]>();
  for (const kind of [...builtInKinds, ...extra]) {
    for (const spelling of new Set([kind.resource, kind.kind.toLowerCase(), ...kind.shortNames])) {
      table.set(spelling, [...(table.get(spelling) ?? []), kind]);
    }
  }
  return table;
}

/** `resource` or `resource.group`: what kubectl is told, and what tells kinds apart. */
export const qualified = ({ group, resource }: { readonly group: string; readonly resource: string }): string =>
  group === "" ? resource : `${resource}.${group}`;

/** A comma list of types, `all` expanded. */
export function readTypes(text: string, token: Token, table: KindTable): Result<readonly ResourceKind[]> {
  const kinds: ResourceKind[] = [];
  for (const part of text.split(",").flatMap((word) => (word.toLowerCase() === "all" ? categoryAll : [word]))) {
    const kind = readType(part, token, table);
    if (!kind.ok) return kind;
    if (kinds.some((held) => qualified(held) === qualified(kind.value))) {
      return refuse(`\`${shorten(part)}\` names a type that is named already.`, token, "name each type once");
    }
    kinds.push(kind.value);
  }
  return accept(kinds);
}

/** One type. Group and version, when written, must be ones that exist: `deploy.apps`, `deployments.v1.apps`, `pods.v1.`. */
export function readType(text: string, token: Token, table: KindTable): Result<ResourceKind> {
  const [name = "", ...rest] = text.toLowerCase().split(".");
  const candidates = table.get(name) ?? [];
  if (candidates.length === 0 || !/^[a-z][a-z0-9-]*$/.test(name)) return unknownType(text, name, token, table);
  if (rest.length === 0) return first(candidates, text, token);
  const suffix = rest.join(".");
  const group = /^v[0-9]+((alpha|beta)[0-9]+)?(\.|$)/.test(suffix) ? suffix.replace(/^[^.]*\.?/, "") : suffix;
  return first(
    candidates.filter((kind) => kind.group === group),
    text,
    token,
  );
}

function first(kinds: readonly ResourceKind[], text: string, token: Token): Result<ResourceKind> {
  const [kind] = kinds;
  return kind === undefined
    ? refuse(`\`${shorten(text)}\` is no resource type that is known, or not of that group.`, token)
    : accept(kind);
}

function unknownType(text: string, name: string, token: Token, table: KindTable): Result<ResourceKind> {
  const near = nearest(name, [...table.keys()]);
  return refuse(`\`${shorten(text)}\` is no resource type that is known here; site data can add kinds.`, token, near);
}
