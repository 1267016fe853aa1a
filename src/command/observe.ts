// What was observed goes into the plan: a push names the object it pushes, every git command the repository it works on. Pure;
// the gate calls it between rungs 3 and 4, so that policy judges and the execution runs the very same words.
import type { Command, Observed, Plan, Step } from "../domain/command.ts";
import { deepFreeze } from "./freeze.ts";
import { grammars } from "./grammar/grammars.ts";
import { restsOnObjects } from "./live-objects.ts";
import { render } from "./render.ts";
import { digestOf } from "./understand.ts";

/** Whether the plan rests on the work tree. */
export const restsOnWorkTree = ({ steps }: Plan): boolean =>
  steps.some(({ stages, fileChanges }) => fileChanges !== undefined || stages.some(({ git }) => git !== undefined));

/** The revisions that must be object ids before anything is judged: what a push sends away, what a commit builds on. */
export const revisionsToResolve = ({ steps }: Plan): readonly string[] => [
  ...new Set(
    steps.flatMap(({ stages }) =>
      stages.flatMap(({ git }) =>
        (git?.refs ?? []).flatMap(({ source, destination }) => (destination === "" ? [] : [source])),
      ),
    ),
  ),
];

/** The plan with what was observed in it; a plan that rests on nothing outside stays as it is. */
export function withObserved(plan: Plan, observed: Observed): Plan {
  if (plan.action === "approve") return deepFreeze({ ...plan, observed });
  if (restsOnObjects(plan)) {
    const { objects } = observed;
    const seen = { repositories: [], changedPaths: [], ...(objects === undefined ? {} : { objects }) };
    return deepFreeze({ ...plan, observed: seen, digest: digestOf(plan.steps, seen) });
  }
  if (!restsOnWorkTree(plan)) return plan;
  const steps = plan.steps.map((step): Step =>
    step.fileChanges === undefined ? { ...step, stages: step.stages.map((one) => resolved(one, observed)) } : step,
  );
  return deepFreeze({ ...plan, steps, observed, digest: digestOf(steps, plan.workBranch, observed) });
}

function resolved(command: Command, { repository, repositories, changedPaths }: Observed): Command {
  const { git } = command;
  if (git === undefined) return command;
  if (git.refs.every(({ destination }) => destination === "")) return { ...command, repositories };
  const refs = git.refs.map((ref) => ({ ...ref, source: repository?.refs[ref.source] ?? ref.source }));
  if (git.remote === "") return { ...command, repositories, git: { ...git, refs } };
  const operands = [git.remote, ...refs.map(({ source, destination }) => `${source}:${destination}`)];
  const model = { ...command, repositories, git: { ...git, refs, changedPaths }, operands };
  const grammar = grammars.get(command.binary);
  const verb = grammar?.verbs.find((known) => known.verb.join(" ") === command.verb.join(" "));
  if (grammar === undefined || verb === undefined) throw new Error("a command was read by no grammar");
  return { ...model, argv: render(model, grammar, verb) };
}
