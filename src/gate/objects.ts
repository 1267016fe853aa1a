// Rungs 3 and 7 for plans that change an object by its manifest: the object as it is. When a read of it
// cannot be had, nothing is said of any object, and policy refuses.
import { liveObject, readsOfObjects } from "../command/live-objects.ts";
import type { Observed, ObservedObject, Plan } from "../domain/command.ts";
import type { CallObserver } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { judgeOwnRead, type OwnReadPorts } from "./own-read.ts";
import { runPlan } from "./run-plan.ts";

export type LookPorts = OwnReadPorts;

export interface Look {
  readonly plan: Plan;
  readonly asked: ToolCall;
  readonly observer: CallObserver;
  readonly signal: AbortSignal;
}

/** The objects that are there; without `objects` it is not known what is. Never rejects for what a read did. */
export async function lookAtObjects(ports: LookPorts, look: Look): Promise<Observed> {
  const objects: ObservedObject[] = [];
  for (const draft of readsOfObjects(look.plan)) {
    const seen = await lookOnce(ports, look, draft);
    if (seen === "unknown") return nothingKnown;
    if (seen !== "absent") objects.push(seen);
  }
  return { ...nothingKnown, objects };
}

export const nothingKnown = { repositories: [], changedPaths: [] };

async function lookOnce(
  ports: LookPorts,
  look: Look,
  draft: ReturnType<typeof readsOfObjects>[number],
): Promise<ObservedObject | "absent" | "unknown"> {
  // Without kubectl nothing will be changed either.
  if (!ports.execution.availability("kubectl").available) return "absent";
  const read = await judgeOwnRead(ports, { ...look, call: look.asked }, draft);
  if (!read.ok) return "unknown";
  const { steps, code } = await runPlan(ports, { ...read.work, started: () => {} });
  const [step] = steps;
  if (step === undefined || step.truncated || code !== "ok") return "unknown";
  return liveObject(step.stdout, read.work.plan.steps[0]?.stages[0]?.namespaces[0] ?? "", ports.settings);
}
