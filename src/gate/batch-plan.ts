// Several plans as one: what is judged before the first of them runs, what a person approves, and what each must still be when its
// turn comes. Pure; used by batch.ts, and by judge-inner.ts for the desk.
import { createHash } from "node:crypto";
import { restsOnWorkTree, revisionsToResolve, withObserved } from "../command/observe.ts";
import { deepFreeze } from "../command/freeze.ts";
import type { Observed, Plan, Step } from "../domain/command.ts";
import type { PolicyDecisionPoint } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { type Commits, inStep, referenceTo } from "./batch-steps.ts";
import { type Judged, judgeStages, mergeStages, type Refused, refused, type Understood } from "./judge.ts";
import { commandsOf } from "./reach.ts";

/** One call of a batch, understood and observed. */
export interface Unit {
  /** From 1, as callers count. */
  readonly number: number;
  readonly asked: ToolCall;
  readonly plan: Plan;
  /** Index of its first step among those of all. */
  readonly from: number;
  /** An earlier step changes the work tree: what it leaves there is no part of the digest. */
  readonly isAfterGit: boolean;
  /** Its facts are those that an earlier step's commit will have made true. */
  readonly isForeseen: boolean;
  readonly digest: string;
}

export const changesWorkTree = (plan: Plan): boolean =>
  plan.steps.some(({ fileChanges }) => fileChanges !== undefined) ||
  commandsOf(plan).some(({ git, effect }) => git !== undefined && effect !== "read");

/** What is known of the work tree once the commits before it are made; undefined: it does not rest on them. */
export function foreseenFacts(
  step: number,
  read: Understood,
  before: readonly Unit[],
  commits: Commits,
): Understood | Refused | undefined {
  const { plan } = read;
  const last = before.findLast(({ number }) => commits.has(number));
  const id = last === undefined ? undefined : commits.get(last.number);
  if (last === undefined || id === undefined || plan.workBranch !== undefined || !restsOnWorkTree(plan))
    return undefined;
  const made = new Map([...commits].map(([number, commit]) => [commit, number]));
  const refs: Record<string, string> = {};
  for (const name of revisionsToResolve(plan)) {
    if (name !== "HEAD" && !made.has(name)) {
      const message = "After a commit of the same batch only that commit can be pushed.";
      return inStep(step, refused("not_understood", { message, token: name, try: referenceTo(last.number) }));
    }
    refs[name] = name === "HEAD" ? id : name;
  }
  const seen = last.plan.observed;
  if (seen?.repository === undefined) return read;
  const pushed = new Set(Object.values(refs));
  const paths = before
    .filter(({ number }) => pushed.has(commits.get(number) ?? ""))
    .flatMap((unit) => unit.plan.steps.flatMap(({ fileChanges = [] }) => fileChanges.map(({ path }) => path)));
  const { remoteUrl, base } = seen.repository;
  const observed: Observed = {
    repository: { remoteUrl, base, clean: true, head: id, refs },
    repositories: seen.repositories,
    changedPaths: [...new Set(paths)].sort(),
  };
  return { ...read, plan: withObserved(plan, observed) };
}

/** Equal when nothing that was judged is another: ids that steps make stand as references. */
export function digestOfUnit(
  { steps, workBranch, observed, dryRun }: Plan,
  isAfterGit: boolean,
  commits: Commits,
): string {
  const material = steps.map(({ stages, stdin, fileChanges = [] }) => [
    stages.map(({ argv }) => argv),
    stdin ?? null,
    fileChanges.map(({ path, operation, sha256 }) => [path, operation, sha256]),
  ]);
  const facts = isAfterGit && observed?.repository !== undefined ? withoutTree(observed) : (observed ?? null);
  return sha256(withReferences(JSON.stringify([material, workBranch ?? null, facts, dryRun]), commits));
}

/** Where the tree stands and what a push changes is the doing of earlier steps; policy judges both anew. */
const withoutTree = ({ repository, repositories, objects = [] }: Observed) => ({
  remoteUrl: repository?.remoteUrl,
  base: repository?.base,
  repositories,
  objects,
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function withReferences(text: string, commits: Commits): string {
  return [...commits].reduce((all, [step, id]) => all.replaceAll(id, referenceTo(step)), text);
}

/** All of it as one plan: for the person who approves, for the audit, for the answer. */
export function wholePlan(
  units: readonly Unit[],
  commits: Commits,
  { reason, stopOnError }: { readonly reason: string | undefined; readonly stopOnError: boolean },
): Plan {
  const shown = (step: Step): Step =>
    step.fileChanges === undefined
      ? {
          ...step,
          stages: step.stages.map((one) => ({ ...one, argv: one.argv.map((word) => withReferences(word, commits)) })),
        }
      : step;
  const plans = units.map(({ plan }) => plan);
  const workBranch = plans.find((plan) => plan.workBranch !== undefined)?.workBranch;
  const objects = plans.flatMap(({ observed }) => observed?.objects ?? []);
  const said = reason ?? plans.find((plan) => plan.reason !== undefined)?.reason;
  return deepFreeze({
    action: "command",
    steps: plans.flatMap(({ steps }) => steps.map(shown)),
    digest: sha256(JSON.stringify([stopOnError, ...units.map(({ digest }) => digest)])),
    ...(workBranch === undefined ? {} : { workBranch }),
    ...(objects.length === 0 ? {} : { observed: { repositories: [], changedPaths: [], objects } }),
    dryRun: plans.every(({ dryRun }) => dryRun),
    ...(said === undefined ? {} : { reason: said }),
  });
}

/** Rung 4 for one of them. */
export const judgeUnit = (unit: Unit, policy: PolicyDecisionPoint, approvedBy: string | undefined): Judged =>
  mergeStages(unit.plan, judgeStages(unit, policy, approvedBy));

/** Rung 4 for all of them: any denial denies, one person approves all. */
export const joinUnits = (judged: readonly { readonly unit: Unit; readonly judgement: Judged }[], plan: Plan): Judged =>
  mergeStages(
    plan,
    judged.flatMap(({ unit, judgement }) =>
      judgement.stages.map((stage) => ({ ...stage, stepIndex: stage.stepIndex + unit.from })),
    ),
  );
