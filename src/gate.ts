// The policy enforcement point: the ladder of docs/architecture.md, rung by rung. Every door calls it, nothing goes
// round it, and it reaches effects only through ports.
import type { Outcome } from "./domain/outcome.ts";
import type { Gate } from "./domain/ports.ts";
import type { ToolCall } from "./domain/tool-call.ts";
import { answer } from "./gate/answer.ts";
import { approverIn, demandApproval, presentGrant, withGrant } from "./gate/approval.ts";
import { carryOut } from "./gate/carry-out.ts";
import { openDossier } from "./gate/dossier.ts";
import { withHints } from "./gate/hints.ts";
import { judgePlan, readCall } from "./gate/judge.ts";
import { observed } from "./gate/observe.ts";
import { refusedOutcome, stoppedOutcome } from "./gate/outcomes.ts";
import type { GatePorts } from "./gate/ports.ts";
import { foresee } from "./gate/preflight.ts";
import { isStop, missingBinary, nothingToRun, stop } from "./gate/stops.ts";
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
  const judgement = withHints(withGrant(judged, presented, observer), call, ports);
  const recorded = dossier.judged(judgement);
  if (read.kind === "refused" || judgement.kind === "refused" || judgement.decision.effect === "deny") {
    // A refusal starts nothing: it is answered even when it cannot be recorded, and the next record says that one is missing.
    await recorded;
    return refusedOutcome(judgement, dossier.facts());
  }
  const { plan, decision } = judgement;
  const { asked } = read;

  const climbOn = async () => {
    // Nobody is asked for what cannot be done here.
    const missing = missingBinary(ports.execution, plan);
    if (missing !== undefined) return missing;

    // what it would do, where policy wants that seen before a person is asked
    const isAhead = decision.obligations.preflight === true && presented?.ok !== false;
    const foreseen = isAhead ? await foresee(ports, { plan, asked, call, observer, signal }) : undefined;
    if (foreseen !== undefined && isStop(foreseen)) return foreseen;

    // 5 approval
    const changes = foreseen === undefined ? {} : { changes: foreseen.lines };
    const due = {
      plan,
      principal: call.principal,
      tool: call.tool,
      decision,
      ...changes,
      presented,
      dossier,
      observer,
    };
    const unapproved = demandApproval(ports, due);
    if (unapproved !== undefined) return unapproved;

    if (plan.action !== "command" || nothingToRun(plan)) {
      const brought = read.grant === undefined ? {} : { grant: read.grant };
      // How the server is can be asked even when the audit cannot be written.
      const isAboutServer = plan.action === "server" && plan.ahead === undefined && plan.batch === undefined;
      return (await recorded) || isAboutServer
        ? answer(ports, { ...due, ...brought, call, signal })
        : stop("audit_unavailable");
    }

    // 6 queue · 7 observe · 8 audit · 9 execution · 10 audit
    const grant = presented?.ok === true ? { grant: presented.value } : {};
    const approvedBy = approverIn(presented);
    return carryOut(ports, {
      plan,
      asked,
      principal: call.principal,
      decision,
      recorded,
      signal,
      dossier,
      observer,
      ...grant,
      ...(approvedBy === undefined ? {} : { approvedBy }),
    });
  };

  const ended = await climbOn();
  if (!isStop(ended)) return ended;
  const written = (await recorded) && (await dossier.stopped(plan, ended));
  return stoppedOutcome(written ? ended : stop("audit_unavailable"), plan, decision, dossier.facts());
}
