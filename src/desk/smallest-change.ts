// What would have to be other for a denied call to be allowed: candidates of edits.ts, one change first, then two and three,
// each judged by the real policy. Nothing is said that the policy did not confirm.
import type { Plan } from "../domain/command.ts";
import type { Judgement } from "../gate/judge.ts";
import type { Asked } from "./asked.ts";
import { type Edit, editsOf, reasonsOf, weightOf } from "./edits.ts";
import type { Side } from "./side.ts";

export interface Change {
  readonly edits: readonly string[];
  readonly asked: Asked;
  readonly judgement: Extract<Judgement, { kind: "judged" }>;
}

export interface Search {
  /** The smallest that were found, all of as few edits; none where the bounds of the search were reached. */
  readonly changes: readonly Change[];
  /** How many calls were judged for it. */
  readonly tried: number;
}

/** Judgements of one search: a tenth of a second or so. */
const maxTried = 1500;
const maxEdits = 3;
const maxShown = 3;

interface Node {
  readonly asked: Asked;
  readonly judgement: Judgement;
  readonly edits: readonly Edit[];
}

/** Searches in rings: every call that is one edit away, then what is one edit away from those that came closer. */
export function findSmallestChange(side: Side, asked: Asked, judgement: Judgement): Search {
  const seen = new Set([keyOf(asked)]);
  let ring: readonly Node[] = [{ asked, judgement, edits: [] }];
  let tried = 0;
  for (let depth = 1; depth <= maxEdits && ring.length > 0; depth += 1) {
    const closer: Node[] = [];
    const found: (Change & { readonly weight: number })[] = [];
    for (const node of ring) {
      for (const edit of editsOf(node.asked, node.judgement, side.policy.siteData)) {
        const key = keyOf(edit.asked);
        if (seen.has(key)) continue;
        if (tried >= maxTried) return { changes: shown(found), tried };
        seen.add(key);
        tried += 1;
        const next = side.judge(edit.asked);
        if (next.kind === "judged" && isWeightier(next.plan, judgement)) continue;
        if (edit.sameObjects === true && objectsOf(next) !== objectsOf(node.judgement)) continue;
        const edits = [...node.edits, edit];
        if (next.kind === "judged" && next.decision.effect === "allow") {
          const weight = edits.reduce((sum, one) => sum + one.weight, 0);
          found.push({ edits: edits.map(({ words }) => words), asked: edit.asked, judgement: next, weight });
        } else if (isCloser(next, node.judgement)) {
          closer.push({ asked: edit.asked, judgement: next, edits });
        }
      }
    }
    if (found.length > 0) return { changes: shown(found), tried };
    ring = closer;
  }
  return { changes: [], tried };
}

/** The lightest; of those that come to the same plan by the same roles one. */
function shown(found: readonly (Change & { readonly weight: number })[]): readonly Change[] {
  const sorted = found.toSorted((left, right) => left.weight - right.weight);
  const first = new Map<string, Change>();
  for (const { weight: _weight, ...change } of sorted) {
    const key = JSON.stringify([change.judgement.plan.digest, change.asked.principal.roles]);
    if (!first.has(key)) first.set(key, change);
  }
  return [...first.values()].slice(0, maxShown);
}

const keyOf = ({ tool, arguments: raw, principal }: Asked): string => JSON.stringify([tool, raw, principal.roles]);

/** A suggestion never does more than what was asked: not a weightier effect, and not for real what was a dry run. */
function isWeightier(plan: Plan, asked: Judgement): boolean {
  if (asked.kind === "refused") return false;
  return (asked.plan.dryRun && !plan.dryRun) || effectOf(plan) > effectOf(asked.plan);
}

const objectsOf = (judgement: Judgement): string => {
  const steps = judgement.kind === "judged" ? judgement.plan.steps : [];
  const named = steps.flatMap(({ stages }) =>
    stages.flatMap(({ resources }) => resources.filter((one) => !one.secondary)),
  );
  return [...new Set(named.map(({ group, resource, namespace, name }) => [group, resource, namespace, name].join("/")))]
    .toSorted()
    .join(" ");
};

const effectOf = ({ steps }: Plan): number =>
  Math.max(0, ...steps.flatMap(({ stages }) => stages.map(({ effect }) => weightOf(effect))));

/** Fewer things are wrong with it, or it is at last understood. */
const isCloser = (next: Judgement, before: Judgement): boolean =>
  next.kind === before.kind ? wrong(next) < wrong(before) : next.kind === "judged";

const wrong = (judgement: Judgement): number =>
  new Set(reasonsOf(judgement).map(({ rule, token = "" }) => `${rule} ${token}`)).size;
