// Rung 5: is there a person's approval, where policy demands one? A grant that came with the call is read before policy is
// asked, so that policy knows who approved; it is spent inside the slot, after the second look. Called by the gate, and by
// whatever runs several plans under one approval: it needs only who asks, for which tool, and the digest of the whole.
import type { ApprovalRead, ApprovalRefusal, Grant } from "../domain/approval.ts";
import type { Plan } from "../domain/command.ts";
import type { PlanDecision, Reason } from "../domain/decision.ts";
import type { CallObserver } from "../domain/ports.ts";
import type { Principal } from "../domain/principal.ts";
import { LedgerUnavailable } from "../errors.ts";
import type { Dossier } from "./dossier.ts";
import type { Judgement, Refused, Understood } from "./judge.ts";
import type { GatePorts } from "./ports.ts";
import { type Stop, stop } from "./stops.ts";

type Ports = Pick<GatePorts, "approvals">;

/** What the caller brought as `approval`, read and held against the plan; nothing is spent. */
export type Presented = ApprovalRead<Grant>;

/** Undefined: the call brought none. */
export function presentGrant({ approvals }: Ports, read: Refused | Understood): Promise<Presented> | undefined {
  // A batch is approved as a whole, which is known when each of its calls was understood.
  if (read.kind === "refused" || read.grant === undefined || read.plan.batch !== undefined) return undefined;
  const { asked, plan, grant } = read;
  return approvals.check(grant, { requester: asked.principal.id, tool: asked.tool, digest: plan.digest });
}

/** Whom policy is told of. */
export const approverIn = (presented: Presented | undefined): string | undefined =>
  presented?.ok === true ? presented.value.approver.id : undefined;

/** Policy denies now what a person approved: the answer says both. Other judgements stay as they are. */
export function withGrant(
  judgement: Judgement,
  presented: Presented | undefined,
  observer: Pick<CallObserver, "approval">,
): Judgement {
  if (presented?.ok !== true || judgement.kind === "refused" || judgement.code !== "denied") return judgement;
  observer.approval("denied");
  const reasons = judgement.decision.effect === "deny" ? judgement.decision.reasons : [];
  const approved: Reason = {
    rule: ruleOf("denied"),
    message: `${presented.value.approver.id} approved this, and policy denies it now.`,
  };
  return { ...judgement, code: "grant_invalid", decision: { effect: "deny", reasons: [...reasons, approved] } };
}

export interface ApprovalDue {
  readonly plan: Plan;
  readonly principal: Principal;
  readonly tool: string;
  readonly decision: Extract<PlanDecision, { effect: "allow" }>;
  /** What pre-flight found that would change, for the person who decides. */
  readonly changes?: readonly string[];
  readonly presented: Presented | undefined;
  readonly dossier: Dossier;
  readonly observer: CallObserver;
}

/**
 * Why the call ends here, or that a person has to be asked; undefined: nobody has to approve, or somebody did who may. A grant
 * that is worth nothing always ends it.
 */
export function approvalDue({ plan, decision, presented, observer }: ApprovalDue): Stop | "ask" | undefined {
  const { approval } = decision.obligations;
  if (presented?.ok === false) return refusal(presented, observer);
  if (approval === undefined) return undefined;
  if (plan.verdict !== undefined) {
    const message = "Policy demands that somebody approves this verdict, and verdicts are not approved.";
    return refusal({ ok: false, problem: "roles", message }, observer);
  }
  if (presented === undefined) return "ask";
  const { approver } = presented.value;
  if (approver.roles.some((role) => approval.roles.includes(role))) return undefined;
  const needed = approval.roles.join(" or ");
  const message = `${approver.id}, who approved this, does not hold the role ${needed} that policy demands now.`;
  return refusal({ ok: false, problem: "roles", message }, observer);
}

/** Rung 5: why the call ends here, with a request where a person has to be asked; undefined: it may go on. */
export function demandApproval(ports: Ports, due: ApprovalDue): Stop | Promise<Stop> | undefined {
  const unapproved = approvalDue(due);
  return unapproved === "ask" ? askPerson(ports, due) : unapproved;
}

/** Makes the request, and records that it was made before it leaves. */
async function askPerson(
  { approvals }: Ports,
  { plan, principal, tool, decision, changes, dossier, observer }: ApprovalDue,
): Promise<Stop> {
  const { roles = [], expiresS = 1 } = decision.obligations.approval ?? {};
  const { id, ...answer } = await approvals.ask({
    principal,
    tool,
    plan,
    roles,
    expiresS,
    ...(changes === undefined ? {} : { changes }),
  });
  const expires_at = new Date(answer.expiresAtMs).toISOString();
  const facts = { state: "requested", request_id: id, approver_roles: roles, expires_at };
  if (!(await dossier.approval(plan.digest, "approval_required", facts))) return stop("audit_unavailable");
  observer.approval("requested");
  const message = `A person with role ${roles.join(" or ")} has to approve this; nothing ran.`;
  const said = approvals.caveat === "" ? message : `${message} ${approvals.caveat}`;
  return { ...stop("approval_required", said), approval: answer };
}

/** Spends the grant, once for all calls and replicas that present it; undefined: this call has it. */
export async function spendGrant(
  { approvals }: Ports,
  grant: Grant,
  { dossier, observer, signal }: Pick<ApprovalDue, "dossier" | "observer"> & { readonly signal: AbortSignal },
): Promise<Stop | undefined> {
  if (signal.aborted) return stop("cancelled");
  try {
    const spent = await approvals.spend(grant, dossier.facts().callId);
    if (!spent.ok) return refusal(spent, observer);
    observer.approval("used");
    dossier.approvedBy({ request_id: grant.id, approved_by: grant.approver.id });
    return undefined;
  } catch (error) {
    return ledgerStop(error);
  }
}

/** The refusal of a request or grant as the end of an allowed call. */
export function refusal({ problem, message, try: hint }: ApprovalRefusal, observer: CallObserver): Stop {
  observer.approval(problem);
  return { ...stop("grant_invalid", message), rule: ruleOf(problem), ...(hint === undefined ? {} : { try: hint }) };
}

/** The same, before policy was asked. */
export function refusedRequest({ problem, message, try: hint }: ApprovalRefusal, observer: CallObserver): Refused {
  observer.approval(problem);
  const reason = { rule: ruleOf(problem), message, ...(hint === undefined ? {} : { try: hint }) };
  return { kind: "refused", code: "grant_invalid", reason };
}

/** A ledger that does not answer ends the call; anything else is a fault of our own. */
export function ledgerStop(error: unknown): Stop {
  if (!(error instanceof LedgerUnavailable)) throw error;
  return stop("approval_unavailable", `The ledger of approvals did not answer (${error.message}); nothing ran.`);
}

const ruleOf = (problem: ApprovalRefusal["problem"]): string => `approval/${problem}`;
