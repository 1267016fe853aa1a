// What `approval_decide` does after policy allowed it: the verdict goes to the ledger, then to the audit, then to the caller.
// Called by the gate; no grant leaves before its record is durable, and the request's token is never recorded.
import type { Plan } from "../domain/command.ts";
import type { PlanDecision } from "../domain/decision.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { CallObserver } from "../domain/ports.ts";
import type { Principal } from "../domain/principal.ts";
import { ledgerStop, refusal } from "./approval.ts";
import type { Dossier } from "./dossier.ts";
import { decidedOutcome } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { type Stop, stop } from "./stops.ts";

export interface VerdictGiven {
  readonly plan: Plan;
  readonly decision: PlanDecision;
  readonly principal: Principal;
  readonly dossier: Dossier;
  readonly observer: CallObserver;
}

export async function giveVerdict(
  { approvals }: Pick<GatePorts, "approvals">,
  { plan, decision, principal, dossier, observer }: VerdictGiven,
): Promise<Outcome | Stop> {
  const { verdict: said, observed } = plan;
  if (said === undefined || observed?.request === undefined)
    throw new Error("a verdict was judged without its request");
  const { request } = observed;
  let decided: Awaited<ReturnType<typeof approvals.decide>>;
  try {
    decided = await approvals.decide(request, principal, said);
  } catch (error) {
    return ledgerStop(error);
  }
  if (!decided.ok) return refusal(decided, observer);
  const { verdict, by, first, decidedAtMs } = decided.value;
  const state = verdict === "approve" ? "approved" : "declined";
  const recorded = await dossier.approval(request.digest, "ok", {
    state,
    request_id: request.id,
    requester: request.requester,
    requested_tool: request.tool,
    first,
    decided_by: by,
    decided_at: new Date(decidedAtMs).toISOString(),
    ...(said.onBehalfOf === undefined ? {} : { on_behalf_of_claimed: said.onBehalfOf }),
    ...(said.note === undefined ? {} : { note: said.note }),
  });
  if (!recorded) return stop("audit_unavailable");
  if (first) observer.approval(state);
  return decidedOutcome(plan, decision, { ...decided.value, request }, dossier.facts());
}
