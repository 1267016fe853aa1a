// What a plan looks at, what it changes, and whether its answer may be shared at all. Pure; doubt means everything, or not.
import type { Command, Plan } from "../domain/command.ts";
import type { Reach } from "../domain/read-cache.ts";

export const isChange = ({ effect, dryRun }: Command): boolean =>
  !dryRun && (effect === "write" || effect === "destructive");

export const commandsOf = ({ steps }: Plan): readonly Command[] =>
  steps.flatMap(({ stages }): readonly Command[] => stages);

/** Whether something of it would leave a mark outside or in a work tree, were it started: what has a dry run of its own would not. */
export const wouldMark = ({ steps }: Plan): boolean =>
  steps.some(
    ({ stages, fileChanges }) =>
      fileChanges !== undefined || stages.some(({ effect, dryRun }) => effect !== "read" && !dryRun),
  );

/** Whether anything of it leaves a mark. */
export const leavesAMark = (plan: Plan): boolean => !plan.dryRun && wouldMark(plan);

/** The commands of a plan that change something outside. */
export const changesOf = (plan: Plan): readonly Command[] => commandsOf(plan).filter(isChange);

/**
 * One pipeline of reads whose words alone say what comes out: nothing from the caller's standard input, nothing from a work
 * tree, which is each principal's own, and no Secrets, whatever policy says.
 */
export function mayBeShared(plan: Plan): boolean {
  const [step, ...more] = plan.steps;
  if (step === undefined || more.length > 0 || plan.dryRun || plan.observed !== undefined) return false;
  return (
    step.fileChanges === undefined &&
    step.stdin === undefined &&
    step.stages.every(
      ({ effect, git, resources }) =>
        effect === "read" && git === undefined && resources.every(({ resource }) => resource !== "secrets"),
    )
  );
}

/** What the commands look at or change. A filter looks at nothing but what stands before it. */
export function reachOf(commands: readonly Command[]): Reach {
  const reaches = commands.filter(({ egress }) => egress).map(reachOfOne);
  return reaches.some((reach) => reach === "everything") ? "everything" : new Set(reaches.flat());
}

/** Flux and helm change what their objects name, wherever that is. */
const farReaching: ReadonlySet<string> = new Set(["flux", "helm"]);

function reachOfOne(command: Command): "everything" | readonly string[] {
  const { binary, allNamespaces, namespaces, repositories = [] } = command;
  if (allNamespaces || (isChange(command) && farReaching.has(binary))) return "everything";
  const places = [
    ...namespaces.map((name) => `namespace/${name}`),
    ...repositories.map((name) => `repository/${name}`),
  ];
  return places.length === 0 ? "everything" : places;
}
