// The policy enforcement point: the ladder of docs/architecture.md, rung by rung. Every door calls it, nothing goes
// round it, and it reaches effects only through ports.
import { inCall } from "./command/in-call.ts";
import type { Outcome } from "./domain/outcome.ts";
import type { Gate } from "./domain/ports.ts";
import type { ToolCall } from "./domain/tool-call.ts";
import { approvalDue, approverIn, askPerson, presentGrant, spendGrant, withGrant } from "./gate/approval.ts";
import { openDossier } from "./gate/dossier.ts";
import { judgePlan, readCall } from "./gate/judge.ts";
import { asObserved, observed } from "./gate/observe.ts";
import { answeredOutcome, endOutcome, refusedOutcome, stoppedOutcome } from "./gate/outcomes.ts";
import type { GatePorts } from "./gate/ports.ts";
import { inSlot } from "./gate/queue.ts";
import { runPlan } from "./gate/run-plan.ts";
import { sharedForMs, sharedRead } from "./gate/shared-read.ts";
import { giveVerdict } from "./gate/verdict.ts";
import { isStop, missingBinary, nothingToRun, stop } from "./gate/stops.ts";
import { whileChanging } from "./gate/while-changing.ts";
import { findTool } from "./tools/catalog.ts";

/**
 * Joins the ladder. Policy and settings may be others for the next call: a call takes both at its beginning and keeps them.
 * `call` resolves for everything that a caller can cause; it rejects only for a fault of our own.
 */
export function createGate(ports: GatePorts): Gate {
  return {
    visible: (principal) => ports.policy.visible(principal),
    call: async (call, signal) => {
      const observer = ports.observer.call(call, findTool(call.tool) !== undefined);
      try {
        const { policy } = ports;
        const held = { ...ports, isReplaced: () => ports.policy !== policy };
        const outcome = await climb(held, call, signal, observer);
        observer.finished(outcome);
        return outcome;
      } catch (fault) {
        observer.faulted();
        throw fault;
      }
    },
  };
}

async function climb(
  ports: GatePorts,
  call: ToolCall,
  signal: AbortSignal,
  observer: ReturnType<GatePorts["observer"]["call"]>,
): Promise<Outcome> {
  const dossier = openDossier(ports, call, observer);

  // 1 tools · 2 command · 3 observe · 4 policy
  const looked = observed(ports, readCall(call, ports.settings), signal, observer);
  const read = looked instanceof Promise ? await looked : looked;
  const presenting = presentGrant(ports, read);
  const presented = presenting === undefined ? undefined : await presenting;
  const judged = read.kind === "refused" ? read : judgePlan(read, ports.policy, approverIn(presented));
  const judgement = withGrant(judged, presented, observer);
  const recorded = dossier.judged(judgement);
  if (judgement.kind === "refused" || judgement.decision.effect === "deny") {
    // A refusal starts nothing: it is answered even when it cannot be recorded, and the next record says that one is missing.
    await recorded;
    return refusedOutcome(judgement, dossier.facts());
  }
  const { plan, decision } = judgement;
  const asked = read.kind === "understood" ? read.asked : call;

  const climbOn = async () => {
    // 5 approval
    const due = { plan, principal: call.principal, tool: call.tool, decision, presented, dossier, observer };
    const unapproved = approvalDue(due);
    if (unapproved === "ask") return askPerson(ports, due);
    if (unapproved !== undefined) return unapproved;
    if (plan.verdict !== undefined) return (await recorded) ? giveVerdict(ports, due) : stop("audit_unavailable");
    if (nothingToRun(plan)) {
      // How the server is can be asked even when the audit cannot be written.
      return (await recorded) || plan.action === "server"
        ? answeredOutcome(plan, decision, await ports.answer(plan), dossier.facts())
        : stop("audit_unavailable");
    }
    const missing = missingBinary(ports.execution, plan);
    if (missing !== undefined) return missing;
    if (signal.aborted) return stop("cancelled");

    // 6 queue · 7 observe · 8 audit · 9 execution · 10 audit
    const work = { plan, principal: call.principal, decision, recorded, signal, dossier, observer };
    const sharedMs = presented === undefined ? sharedForMs(work) : undefined;
    if (sharedMs !== undefined && plan.fresh !== true) return sharedRead(ports, work, sharedMs);
    if (sharedMs !== undefined) observer.cache("fresh");
    return whileChanging(ports, plan, (changes) =>
      inSlot(ports, work, (started) =>
        asObserved(ports, { plan, asked, observer, signal }, async (held) => {
          // A grant is spent here and nowhere else: what was busy, or has changed, cost none.
          const unspent = presented?.ok === true ? await spendGrant(ports, presented.value, work) : undefined;
          if (unspent !== undefined) return unspent;
          const begin = () => {
            started();
            changes();
          };
          const approvedBy = approverIn(presented);
          const own = inCall(plan, { callId: call.callId, ...(approvedBy === undefined ? {} : { approvedBy }) });
          const end = await runPlan(ports, {
            ...work,
            plan: own,
            started: begin,
            ...(held === undefined ? {} : { held }),
          });
          return endOutcome(own, decision, end, dossier.facts());
        }),
      ),
    );
  };

  const ended = await climbOn();
  if (!isStop(ended)) return ended;
  const written = (await recorded) && (await dossier.stopped(plan, ended));
  return stoppedOutcome(written ? ended : stop("audit_unavailable"), plan, decision, dossier.facts());
}
