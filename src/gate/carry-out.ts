// Rungs 6 to 10 of a plan that may run: slot, second look, intent, process, outcome. Called by the gate for a call, and by
// batch.ts for each call of a batch; whatever demands a person has been answered before.
import { inCall } from "../command/in-call.ts";
import type { Grant } from "../domain/approval.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { spendGrant } from "./approval.ts";
import { asObserved } from "./observe.ts";
import { endOutcome } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { inSlot, type Turn } from "./queue.ts";
import { type Run, runPlan } from "./run-plan.ts";
import { sharedForMs, sharedRead } from "./shared-read.ts";
import { type Stop, stop } from "./stops.ts";
import { whileChanging } from "./while-changing.ts";

export interface Work extends Omit<Run, "started">, Turn {
  readonly asked: ToolCall;
  /** What a person permitted, not spent yet; who brings one gets an answer of its own. */
  readonly grant?: Grant;
  /** Who permitted it: stands in what is committed. */
  readonly approvedBy?: string;
}

export async function carryOut(ports: GatePorts, work: Work): Promise<Outcome | Stop> {
  const { plan, asked, grant, approvedBy, decision, signal, dossier, observer } = work;
  if (signal.aborted) return stop("cancelled");

  const sharedMs = grant === undefined ? sharedForMs(work) : undefined;
  if (sharedMs !== undefined && plan.fresh !== true) return sharedRead(ports, work, sharedMs);
  if (sharedMs !== undefined) observer.cache("fresh");
  return whileChanging(ports, plan, (changes) =>
    inSlot(ports, work, (started) =>
      asObserved(ports, { plan, asked, observer, signal }, async (held) => {
        // A grant is spent here and nowhere else: what was busy, or has changed, cost none.
        const unspent = grant === undefined ? undefined : await spendGrant(ports, grant, work);
        if (unspent !== undefined) return unspent;
        const begin = () => {
          started();
          changes();
        };
        const { callId } = dossier.facts();
        const own = inCall(plan, { callId, ...(approvedBy === undefined ? {} : { approvedBy }) });
        const running = { ...work, plan: own, started: begin };
        const end = await runPlan(ports, { ...running, ...(held === undefined ? {} : { held }) });
        return endOutcome(own, decision, end, dossier.facts());
      }),
    ),
  );
}
