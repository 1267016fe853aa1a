// Requests and grants for the tests of this room: a plan that was really understood, and the steps of an approval's life.
import { understand } from "../../src/command/understand.ts";
import type { Approvals, VerdictSaid } from "../../src/domain/approval.ts";
import type { DraftStep, Plan } from "../../src/domain/command.ts";
import type { Principal } from "../../src/domain/principal.ts";

const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
export const requester: Principal = { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" };
export const approver: Principal = { id: "alice", roles: ["approver"], authenticatedBy: "bearer" };

export function planOf(step: DraftStep, more: { readonly reason?: string } = {}): Plan {
  const read = understand({ action: "command", steps: [step], ...more }, settings);
  if (!read.ok) throw new Error(read.refusal.message);
  return read.plan;
}

export const scale = (replicas = 3, reason?: string): Plan =>
  planOf(
    { argv: ["kubectl", "scale", "deployment/web", `--replicas=${replicas}`] },
    reason === undefined ? {} : { reason },
  );

export const ask = (approvals: Approvals, plan: Plan = scale(), expiresS = 900) =>
  approvals.ask({ principal: requester, tool: "kubectl_scale", plan, roles: ["approver"], expiresS });

/** Asks and decides; the answer of the verdict. */
export async function decide(approvals: Approvals, request: string, said: VerdictSaid, by = approver) {
  const read = await approvals.read(request);
  if (!read.ok) return read;
  return approvals.decide(read.value, by, said);
}

export async function grantFor(approvals: Approvals, plan: Plan = scale(), expiresS = 900): Promise<string> {
  const { request } = await ask(approvals, plan, expiresS);
  const decided = await decide(approvals, request, { verdict: "approve" });
  if (!decided.ok || decided.value.grant === undefined) throw new Error("it was not approved");
  return decided.value.grant.token;
}

export const useOf = (plan: Plan = scale()) => ({ requester: "n8n", tool: "kubectl_scale", digest: plan.digest });
