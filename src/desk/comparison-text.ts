// A comparison as text for a person and as JSON for a program. Pure but for the colours.
import { type Changed, changeKinds, type Comparison, type Group } from "./comparison.ts";
import type { Paint } from "./paint.ts";
import type { Ruling } from "./ruling.ts";
import { madeVisible } from "./visible.ts";

/** Members of a group that are shown unless all are asked for. */
const maxShown = 5;
const maxLineChars = 140;

export function renderComparison(comparison: Comparison, paint: Paint, all: boolean): readonly string[] {
  const { groups } = madeVisible(comparison);
  const lines: string[] = [];
  let last: Group["kind"] | undefined;
  for (const group of groups) {
    if (group.kind !== last) {
      const count = groups.filter(({ kind }) => kind === group.kind).reduce((sum, one) => sum + one.changed.length, 0);
      lines.push("", loud(group.kind, paint)(`${changeKinds[group.kind]}: ${count}`));
      last = group.kind;
    }
    const shown = all ? group.changed : group.changed.slice(0, isMinor(group.kind) ? 1 : maxShown);
    const hidden = group.changed.length - shown.length;
    lines.push(
      `  ${group.changed.length} × ${headOf(group)}`,
      ...shown.map((one) => `      ${one.name}: ${cut(one.what)}${asked(one)}`),
      ...(hidden === 0 ? [] : [paint.faint(`      … and ${hidden} more (--all)`)]),
    );
  }
  return lines;
}

/** Neither opens nor shuts anything. */
const isMinor = (kind: Group["kind"]): boolean => kind === "other_rules" || kind === "other_bounds";

const loud = (kind: Group["kind"], paint: Paint): ((text: string) => string) => {
  if (kind === "newly_allowed" || kind === "approval_dropped") return (text) => paint.bold(paint.bad(text));
  return kind === "newly_denied" || kind === "approval_added" ? paint.warn : paint.bold;
};

function headOf({ kind, before, after, changed: [first] }: Group): string {
  if (kind === "newly_allowed") return `${named(after)} now allows; was denied by ${named(before)}`;
  if (kind === "newly_denied") return `${named(after)} now denies; was allowed by ${named(before)}`;
  if (kind === "other_rules") return `${first?.after.effect ?? ""} by ${named(after)}; was by ${named(before)}`;
  return named(after);
}

const named = (rules: readonly string[]): string => rules.join(", ");

const asked = ({ after }: Changed): string =>
  after.approval === undefined ? "" : ` (once ${after.approval.join(" or ")} approved)`;

const cut = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > maxLineChars ? `${line.slice(0, maxLineChars)}…` : line;
};

export const comparisonJson = ({ compared, groups, widened }: Comparison) => ({
  compared,
  changed: groups.reduce((sum, { changed }) => sum + changed.length, 0),
  widened,
  groups: groups.map(({ kind, before, after, changed }) => ({
    kind,
    rules_before: before,
    rules_after: after,
    inputs: changed.map(({ name, what, ...rulings }) => ({
      name,
      what,
      before: rulingJson(rulings.before),
      after: rulingJson(rulings.after),
    })),
  })),
});

const rulingJson = ({ effect, rules, approval, messages }: Ruling) => ({
  effect,
  rules,
  ...(approval === undefined ? {} : { approval }),
  ...(messages.length === 0 ? {} : { messages }),
});
