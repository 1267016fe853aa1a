// Patches: RFC 7386, and as much of Kubernetes' strategic merge and of RFC 6902 as kubectl's rollout commands send.
import { type Fields, isFields, textAt } from "./fields.ts";

export type PatchKind = "merge" | "strategic" | "replace";

/** @throws Error for a directive of strategic merge (`$patch` …) or an operation that the simulated cluster does not know */
export function applyPatch(target: unknown, patch: unknown, kind: PatchKind): unknown {
  if (kind === "replace") return replaceParts(target, patch);
  if (!isFields(patch)) throw new TypeError("the body is no object");
  return merge(target, patch, kind);
}

/** What `rollout undo` sends: a list of `replace`, each of a field two levels down. */
function replaceParts(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch) || !isFields(target)) throw new TypeError("the body is no list of operations");
  return patch.reduce<Fields>((object, operation) => {
    const [, part = "", field = "", ...deeper] = textAt(operation, "path").split("/");
    const inner = object[part];
    if (textAt(operation, "op") !== "replace" || deeper.length > 0 || !isFields(inner) || field === "")
      throw new Error("the simulated cluster replaces fields like /spec/template, and knows no other JSON patch");
    return { ...object, [part]: { ...inner, [field]: isFields(operation) ? operation["value"] : undefined } };
  }, target);
}

function merge(target: unknown, patch: unknown, kind: PatchKind): unknown {
  if (Array.isArray(patch)) return kind === "strategic" ? mergeLists(target, patch) : patch;
  if (!isFields(patch)) return patch;
  const merged: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    // In which order lists stand means nothing here.
    if (kind === "strategic" && key.startsWith("$setElementOrder/")) continue;
    if (kind === "strategic" && key.startsWith("$")) throw new Error(`the simulated cluster does not know ${key}`);
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value, kind);
  }
  return merged;
}

/** Lists of named things (containers, volumes) merge by name; other lists are replaced. */
function mergeLists(target: unknown, patch: readonly unknown[]): readonly unknown[] {
  const items = patch.filter(isNamed);
  if (!Array.isArray(target) || items.length !== patch.length) return patch;
  const known = target.filter(isNamed);
  const patched = known.map((old) => {
    const change = items.find(({ name }) => name === old.name);
    return change === undefined ? old : merge(old, change, "strategic");
  });
  return [...patched, ...items.filter(({ name }) => known.every((old) => old.name !== name))];
}

const isNamed = (value: unknown): value is Fields & { readonly name: string } =>
  isFields(value) && typeof value["name"] === "string";
