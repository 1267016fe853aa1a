// Rungs 3 and 7 for plans that change an object by its manifest: the object as it is. The reads are judged for the principal
// like any other; what it may not read is not looked at, and policy then takes the manifest for all new.
import { liveObject, readsOfObjects } from "../command/live-objects.ts";
import { understand } from "../command/understand.ts";
import type { Observed, ObservedObject, Plan } from "../domain/command.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { judgePlan } from "./judge.ts";
import type { GatePorts } from "./ports.ts";

/** How long one look may take, milliseconds. */
const lookMs = 10_000;

type LookPorts = Pick<GatePorts, "policy" | "settings" | "execution">;

/** The objects that are there, could be read and were understood. Never rejects for what a read did. */
export async function lookAtObjects(
  { policy, settings, execution }: LookPorts,
  plan: Plan,
  asked: ToolCall,
  signal: AbortSignal,
): Promise<Observed> {
  const objects: ObservedObject[] = [];
  for (const draft of readsOfObjects(plan)) {
    const read = understand(draft, settings);
    if (!read.ok) continue;
    const judgement = judgePlan({ kind: "understood", asked, plan: read.plan }, policy);
    const [step] = read.plan.steps;
    if (judgement.kind !== "judged" || judgement.decision.effect !== "allow" || step === undefined) continue;
    const { obligations, sandboxes } = judgement.decision;
    if (obligations.approval !== undefined || !execution.availability("kubectl").available) continue;
    const timeoutMs = Math.min(lookMs, obligations.timeoutMs);
    const seen = await execution.run({ callId: asked.callId, step, sandboxes, obligations, timeoutMs, signal });
    const isWhole = seen.ended === "exited" && !seen.truncated && seen.stages.every(({ answered }) => answered);
    const object = isWhole ? liveObject(seen.stdout, namespaceOf(step), settings) : undefined;
    if (object !== undefined) objects.push(object);
  }
  return { repositories: [], changedPaths: [], objects };
}

const namespaceOf = ({ stages }: Plan["steps"][number]): string => stages[0]?.namespaces[0] ?? "";
