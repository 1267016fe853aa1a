// One call of a batch when its turn comes: rungs 1 to 5 again, now that those before it have run. Used by batch.ts.
import { ceilings } from "../domain/bounds.ts";
import type { InnerCall } from "../domain/command.ts";
import type { PlanDecision } from "../domain/decision.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { CallObserver } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { approvalDue, approverIn, type Presented } from "./approval.ts";
import { digestOfUnit, type Unit } from "./batch-plan.ts";
import { type Commits, readStep } from "./batch-steps.ts";
import type { Work } from "./carry-out.ts";
import type { Dossier } from "./dossier.ts";
import { withHints } from "./hints.ts";
import { judgePlan } from "./judge.ts";
import { observed, replaced } from "./observe.ts";
import { answeredOutcome, refusedOutcome } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { foresee } from "./preflight.ts";
import { leastMs } from "./run-plan.ts";
import { isStop, nothingToRun, type Stop, stop } from "./stops.ts";

/** The call of run_batch itself. */
export interface BatchCall {
  readonly call: ToolCall;
  /** What it brought as `approval`, unread. */
  readonly grant?: string;
  /** Its own words for the approver. */
  readonly reason?: string;
  readonly observer: CallObserver;
  readonly signal: AbortSignal;
  readonly dossier: Dossier;
}

export interface Turns extends BatchCall {
  readonly presented: Presented | undefined;
  /** Of the whole batch. */
  readonly digest: string;
}

/** What is to be carried out, or what became of it without that. */
export type Turn = { readonly decision: PlanDecision } & (
  | { readonly work: Work; readonly end?: undefined }
  | { readonly work?: undefined; readonly end: Outcome | Stop }
);

const noDecision: PlanDecision = { effect: "deny", reasons: [] };

export async function takeTurn(
  ports: GatePorts,
  { call, presented, observer, signal, dossier }: Turns,
  unit: Unit,
  inner: InnerCall,
  commits: Commits,
): Promise<Turn> {
  if (ports.isReplaced?.() === true) return { decision: noDecision, end: stop("state_changed", replaced) };
  if (dossier.facts().durationMs > ceilings.timeoutMs - leastMs)
    return { decision: noDecision, end: stop("timed_out") };
  const read = await observed(ports, readStep(call, inner, unit.number, commits, ports.settings), signal, observer);
  const judged = read.kind === "refused" ? read : judgePlan(read, ports.policy, approverIn(presented));
  const judgement = withHints(judged, call, ports);
  const recorded = dossier.judged(judgement);
  if (judgement.kind === "refused" || read.kind === "refused" || judgement.decision.effect === "deny") {
    await recorded;
    return { decision: noDecision, end: refusedOutcome(judgement, dossier.facts()) };
  }
  const { plan, decision } = judgement;
  const ends = (end: Outcome | Stop): Turn => ({ decision, end });
  if (digestOfUnit(plan, unit.isAfterGit, commits) !== unit.digest) return ends(stop("state_changed"));

  if (decision.obligations.preflight === true) {
    const foreseen = await foresee(ports, { plan, asked: read.asked, call, observer, signal });
    if (isStop(foreseen)) return ends(foreseen);
  }
  const due = { plan, principal: call.principal, tool: call.tool, decision, presented, dossier, observer };
  const unapproved = approvalDue(due);
  // Policy asks for a person who was not asked when all was judged.
  if (unapproved !== undefined) return ends(unapproved === "ask" ? stop("state_changed") : unapproved);
  if (nothingToRun(plan)) {
    const end = (await recorded)
      ? answeredOutcome(plan, decision, await ports.answer(plan), dossier.facts())
      : stop("audit_unavailable");
    return ends(end);
  }
  const { principal } = call;
  return { decision, work: { plan, asked: read.asked, principal, decision, recorded, signal, dossier, observer } };
}
