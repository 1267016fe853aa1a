// How rulings differ: each subject's before and after, sorted into kinds and grouped by the rules that spoke. Pure; called by
// `policy diff`, which asks two policies, and by `policy replay`, which asks one and the audit.
import type { Ruling } from "./ruling.ts";

/** In the order of a report: what opens something comes first. */
export const changeKinds = {
  newly_allowed: "NEWLY ALLOWED",
  approval_dropped: "NO LONGER ASKS A PERSON",
  newly_denied: "newly denied",
  approval_added: "asks a person now",
  other_approver: "asks another person",
  other_rules: "decided by other rules",
  other_bounds: "other bounds",
} as const;

export type ChangeKind = keyof typeof changeKinds;

/** Kinds that open what was shut. */
const widening: ReadonlySet<ChangeKind> = new Set(["newly_allowed", "approval_dropped"]);

export interface Changed {
  readonly name: string;
  readonly what: string;
  readonly before: Ruling;
  readonly after: Ruling;
}

export interface Group {
  readonly kind: ChangeKind;
  /** Rules that decided before, and those that decide after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly changed: readonly Changed[];
}

export interface Comparison {
  readonly compared: number;
  readonly groups: readonly Group[];
  /** How many subjects became freer. */
  readonly widened: number;
}

export interface Comparer {
  add(subject: Pick<Changed, "name"> & { readonly what: () => string }, before: Ruling, after: Ruling): void;
  result(): Comparison;
}

/** Collects rulings one by one; only what changed is kept. */
export function createComparer(): Comparer {
  const groups = new Map<string, { kind: ChangeKind; changed: Changed[] }>();
  let compared = 0;
  return {
    add({ name, what }, before, after) {
      compared += 1;
      const kind = kindOf(before, after);
      if (kind === undefined) return;
      const key = JSON.stringify([kind, before.rules, after.rules]);
      const group = groups.get(key) ?? { kind, changed: [] };
      group.changed.push({ name, what: what(), before, after });
      groups.set(key, group);
    },
    result() {
      const kinds = Object.keys(changeKinds);
      const sorted = [...groups.values()]
        .map(({ kind, changed }): Group => {
          const [first] = changed;
          return { kind, before: first?.before.rules ?? [], after: first?.after.rules ?? [], changed };
        })
        .toSorted(
          (left, right) =>
            kinds.indexOf(left.kind) - kinds.indexOf(right.kind) || right.changed.length - left.changed.length,
        );
      const widened = sorted.reduce((sum, { kind, changed }) => sum + (widening.has(kind) ? changed.length : 0), 0);
      return { compared, groups: sorted, widened };
    },
  };
}

function kindOf(before: Ruling, after: Ruling): ChangeKind | undefined {
  if (before.effect !== after.effect) return after.effect === "allow" ? "newly_allowed" : "newly_denied";
  if (after.effect === "allow") {
    if (before.approval !== undefined && after.approval === undefined) return "approval_dropped";
    if (before.approval === undefined && after.approval !== undefined) return "approval_added";
    if (!same(before.approval ?? [], after.approval ?? [])) return "other_approver";
  }
  if (!same(before.rules, after.rules)) return "other_rules";
  return before.bounds === after.bounds ? undefined : "other_bounds";
}

const same = (left: readonly string[], right: readonly string[]): boolean => left.join(" ") === right.join(" ");
