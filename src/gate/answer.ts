// What is answered without a process of its own: a verdict, a batch (whose calls run by themselves), a look ahead, health, and
// dry runs of what has none. Called by the gate when the decision is recorded.
import type { Outcome } from "../domain/outcome.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import type { ApprovalDue } from "./approval.ts";
import { runBatch } from "./batch.ts";
import { answeredOutcome } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { answerPreflight } from "./preflight.ts";
import type { Stop } from "./stops.ts";
import { giveVerdict } from "./verdict.ts";

export interface Answering extends ApprovalDue {
  readonly call: ToolCall;
  /** What the call brought as `approval`, unread. */
  readonly grant?: string;
  readonly signal: AbortSignal;
}

export async function answer(ports: GatePorts, asked: Answering): Promise<Outcome | Stop> {
  const { plan, decision, dossier } = asked;
  if (plan.verdict !== undefined) return giveVerdict(ports, asked);
  if (plan.ahead !== undefined) return answerPreflight(ports, asked, plan.ahead);
  if (plan.batch !== undefined) {
    const own = plan.reason === undefined ? asked : { ...asked, reason: plan.reason };
    return runBatch(ports, own, plan.batch);
  }
  return answeredOutcome(plan, decision, await ports.answer(plan), dossier.facts());
}
