// Rungs 3 and 7 for plans that change an object by its manifest: the object as it is. The reads are judged for the principal,
// recorded and run like any other; when one cannot be had, nothing is said of any object, and policy refuses.
import { liveObject, readsOfObjects } from "../command/live-objects.ts";
import { understand } from "../command/understand.ts";
import type { Observed, ObservedObject, Plan } from "../domain/command.ts";
import type { CallObserver } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { openDossier } from "./dossier.ts";
import { judgePlan } from "./judge.ts";
import type { GatePorts } from "./ports.ts";
import { runPlan } from "./run-plan.ts";

/** How long one look may take, milliseconds. */
export const lookMs = 10_000;

export type LookPorts = Pick<GatePorts, "policy" | "settings" | "execution" | "audit" | "clock">;

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
  { asked, observer, signal }: Look,
  draft: ReturnType<typeof readsOfObjects>[number],
): Promise<ObservedObject | "absent" | "unknown"> {
  // Without kubectl nothing will be changed either.
  if (!ports.execution.availability("kubectl").available) return "absent";
  const read = understand(draft, ports.settings);
  if (!read.ok) return "unknown";
  const judgement = judgePlan({ kind: "understood", asked, plan: read.plan }, ports.policy);
  if (judgement.kind !== "judged" || judgement.decision.effect !== "allow") return "unknown";
  const { decision } = judgement;
  if (decision.obligations.approval !== undefined) return "unknown";
  const dossier = openDossier(ports, asked, observer);
  const plan = { ...read.plan, timeoutMs: lookMs };
  const { steps, code } = await runPlan(ports, {
    plan,
    decision,
    recorded: dossier.judged(judgement),
    signal,
    started: () => {},
    dossier,
    observer,
  });
  const [step] = steps;
  if (step === undefined || step.truncated || code !== "ok") return "unknown";
  return liveObject(step.stdout, plan.steps[0]?.stages[0]?.namespaces[0] ?? "", ports.settings);
}
