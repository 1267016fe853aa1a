// Rungs 1 to 3 of every call of a batch, as if those before it had run. A generator, since only its caller knows how a call is
// observed: batch.ts looks and waits, judge-inner.ts assumes.
import type { Batch, ParseSettings } from "../domain/command.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { changesWorkTree, digestOfUnit, foreseenFacts, type Unit } from "./batch-plan.ts";
import { inStep, readStep, standInFor } from "./batch-steps.ts";
import { type Refused, refused, type Understood } from "./judge.ts";
import { leavesAMark } from "./reach.ts";

export interface ReadBatch {
  /** Those that were read before one was refused. */
  readonly units: readonly Unit[];
  readonly refused?: Refused;
}

/** Yields what is to be observed, and takes what it comes to. */
export function* readBatch(
  call: ToolCall,
  { calls }: Batch,
  settings: ParseSettings,
): Generator<Understood, ReadBatch, Refused | Understood> {
  const units: Unit[] = [];
  for (const [index, inner] of calls.entries()) {
    const number = index + 1;
    const commits = standIns(units);
    const read = readStep(call, inner, number, commits, settings);
    if (read.kind === "refused") return { units, refused: read };
    const foreseen = foreseenFacts(number, read, units, commits);
    const seen = foreseen ?? (yield read);
    if (seen.kind === "refused") return { units, refused: foreseen === undefined ? inStep(number, seen) : seen };
    const { asked, plan } = seen;
    const isAfterGit = units.some((unit) => changesWorkTree(unit.plan));
    const digest = digestOfUnit(plan, isAfterGit, commits);
    const from = units.reduce((sum, unit) => sum + unit.plan.steps.length, 0);
    units.push({ number, asked, plan, from, isAfterGit, isForeseen: foreseen !== undefined, digest });
  }
  const tried = onlyTried(units);
  return tried === undefined ? { units } : { units, refused: tried };
}

/** What stands for the ids that the calls will have committed. */
export const standIns = (units: readonly Pick<Unit, "number" | "asked">[]): ReadonlyMap<number, string> =>
  new Map(units.flatMap(({ number, asked }) => (asked.tool === "git_commit" ? [[number, standInFor(number)]] : [])));

/** A change that is only tried would look, to whoever approves the others, as if it ran before them. */
function onlyTried(units: readonly Unit[]): Refused | undefined {
  const tried = units.find(({ plan }) => plan.dryRun);
  if (tried === undefined || !units.some(({ plan }) => leavesAMark(plan))) return undefined;
  const message = "A batch makes all of its changes, or tries all of them.";
  return inStep(tried.number, refused("invalid_arguments", { message, token: "dry_run", try: "a batch of its own" }));
}
