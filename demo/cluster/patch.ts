// Merge patches: RFC 7386, and as much of Kubernetes' strategic merge as kubectl's rollout commands send.
import { type Fields, isFields } from "./fields.ts";

export type PatchKind = "merge" | "strategic";

/** @throws Error for a directive of strategic merge (`$patch` …), which the simulated cluster does not know */
export function applyPatch(target: unknown, patch: unknown, kind: PatchKind): unknown {
  if (Array.isArray(patch)) return kind === "strategic" ? mergeLists(target, patch) : patch;
  if (!isFields(patch)) return patch;
  const merged: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (kind === "strategic" && key.startsWith("$")) throw new Error(`the simulated cluster does not know ${key}`);
    if (value === null) delete merged[key];
    else merged[key] = applyPatch(merged[key], value, kind);
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
    return change === undefined ? old : applyPatch(old, change, "strategic");
  });
  return [...patched, ...items.filter(({ name }) => known.every((old) => old.name !== name))];
}

const isNamed = (value: unknown): value is Fields & { readonly name: string } =>
  isFields(value) && typeof value["name"] === "string";
