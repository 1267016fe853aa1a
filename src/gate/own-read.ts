// A read that the server makes itself for a call: understood, judged for the principal and recorded like a call of its own. What may
// not be read is not looked at; nothing here makes an exception. Used by objects.ts and lookout.ts, each of which runs it its way.
import { understand } from "../command/understand.ts";
import type { Draft, Plan } from "../domain/command.ts";
import type { CallObserver } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { openDossier } from "./dossier.ts";
import { judgePlan } from "./judge.ts";
import type { GatePorts } from "./ports.ts";
import type { Run } from "./run-plan.ts";
import { missingBinary } from "./stops.ts";

/** How long one look may take, milliseconds. */
export const lookMs = 10_000;

/** Who looks, and for what. */
export interface Looking {
  /** What is looked at for: its tool and principal are judged. */
  readonly asked: ToolCall;
  /** What is recorded: the call that came in. */
  readonly call: ToolCall;
  readonly observer: CallObserver;
  readonly signal: AbortSignal;
}

export type OwnReadPorts = Pick<GatePorts, "policy" | "settings" | "execution" | "audit" | "clock">;

export type OwnRead =
  | { readonly ok: true; readonly work: Omit<Run, "started"> }
  | { readonly ok: false; readonly why: string };

const notRead = (why: string): OwnRead => ({ ok: false, why });

/** `facts` puts into the plan what it rests on, or says why that cannot be had. */
export async function judgeOwnRead(
  ports: OwnReadPorts,
  { asked, call, observer, signal }: Looking,
  draft: Draft,
  facts: (plan: Plan) => Promise<Plan | string> | Plan = (plan) => plan,
): Promise<OwnRead> {
  const read = understand(draft, ports.settings);
  if (!read.ok) return notRead(read.refusal.message);
  const seen = await facts(read.plan);
  if (typeof seen === "string") return notRead(seen);
  const judgement = judgePlan({ kind: "understood", asked, plan: seen }, ports.policy);
  const { decision } = judgement;
  if (decision.effect === "deny") return notRead(decision.reasons[0]?.message ?? "policy denies it");
  if (decision.obligations.approval !== undefined) return notRead("it needs an approval of its own");
  const missing = missingBinary(ports.execution, seen);
  if (missing !== undefined) return notRead(missing.message);
  const dossier = openDossier(ports, call, observer);
  const plan = { ...seen, timeoutMs: lookMs };
  return { ok: true, work: { plan, decision, recorded: dossier.judged(judgement), signal, dossier, observer } };
}
