// Rungs 3 and 7: the outside facts that a judgement rests on, before it and again just before anything starts. Called by
// the gate; reads only.
import { isDeepStrictEqual } from "node:util";
import { restsOnObjects } from "../command/live-objects.ts";
import { restsOnWorkTree, withObserved } from "../command/observe.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { CallObserver, HeldWorkTree, WorkTree } from "../domain/ports.ts";
import { refusedRequest } from "./approval.ts";
import { type Refused, refused, type Understood } from "./judge.ts";
import { type Look, lookAtObjects, nothingKnown } from "./objects.ts";
import type { GatePorts } from "./ports.ts";
import { inSlotFor } from "./queue.ts";
import { leavesAMark } from "./reach.ts";
import { isStop, type Stop, stop } from "./stops.ts";

export type ObservePorts = Pick<
  GatePorts,
  | "approvals"
  | "workTree"
  | "policy"
  | "settings"
  | "isReplaced"
  | "execution"
  | "slots"
  | "budgets"
  | "audit"
  | "clock"
>;

/** Rung 3. Without a work tree nothing is observed, and policy sees that; most plans rest on nothing outside and do not wait. */
export function observed(
  ports: ObservePorts,
  read: Refused | Understood,
  signal: AbortSignal,
  observer: CallObserver,
): Promise<Refused | Understood> | Refused | Understood {
  if (read.kind === "refused") return read;
  if (read.plan.verdict !== undefined) return openRequest(ports, read, read.plan.verdict.request, observer);
  if (restsOnObjects(read.plan)) return lookAtCluster(ports, read, signal, observer);
  return restsOnWorkTree(read.plan) && ports.workTree !== undefined ? look(ports.workTree, read, signal) : read;
}

/** What a verdict rests on is what its request says. */
async function openRequest(
  { approvals }: Pick<ObservePorts, "approvals">,
  read: Understood,
  request: string,
  observer: CallObserver,
): Promise<Refused | Understood> {
  const opened = await approvals.read(request);
  if (!opened.ok) return refusedRequest(opened, observer);
  return { ...read, plan: withObserved(read.plan, { ...nothingKnown, request: opened.value }) };
}

/** The look starts a process, so it takes a share of the budget and a slot like any other. */
async function lookAtCluster(
  ports: ObservePorts,
  read: Understood,
  signal: AbortSignal,
  observer: CallObserver,
): Promise<Refused | Understood> {
  const turn = { principal: read.asked.principal, signal, binary: "kubectl" };
  const seen = await inSlotFor(ports, turn, (started) => {
    started();
    return lookAtObjects(ports, { ...read, observer, signal });
  });
  if (!isStop(seen)) return { ...read, plan: withObserved(read.plan, seen) };
  const { code, message, retryAfterMs } = seen;
  if (code === "busy" || code === "rate_limited") return refused(code, { message }, retryAfterMs);
  // Whoever went away while waiting gets no answer: nothing is known, and policy refuses.
  return { ...read, plan: withObserved(read.plan, nothingKnown) };
}

async function look(workTree: WorkTree, read: Understood, signal: AbortSignal): Promise<Refused | Understood> {
  const seen = await workTree.observe(read.plan, read.asked.principal, signal);
  if (!seen.ok) return refused(seen.code, { message: seen.message });
  return { ...read, plan: withObserved(read.plan, seen.observed) };
}

export const replaced =
  "Another policy has come into force while the call waited, so nothing was changed. Call again: that one will judge it.";

/** Rung 7: a change that waited is not made under a policy that is over; has the work tree for the plan alone, looks again, and goes on only when everything is as it was judged. */
export async function asObserved(
  ports: ObservePorts,
  look: Look,
  goOn: (held?: HeldWorkTree) => Promise<Outcome | Stop>,
): Promise<Outcome | Stop> {
  const { plan, asked, signal } = look;
  const isOver = (): boolean => ports.isReplaced?.() === true && leavesAMark(plan);
  // Asked again behind every wait: for the clone, for a look at the cluster.
  const goOnNow = (held?: HeldWorkTree) => (isOver() ? stop("state_changed", replaced) : goOn(held));
  if (isOver()) return stop("state_changed", replaced);
  if (plan.observed === undefined) return goOnNow();
  if (restsOnObjects(plan)) {
    const again = withObserved(plan, await lookAtObjects(ports, look));
    return isDeepStrictEqual(again.observed, plan.observed) ? goOnNow() : stop("state_changed");
  }
  if (ports.workTree === undefined) return goOnNow();
  const held = await ports.workTree.hold(plan, asked.principal, signal);
  try {
    const again = await held.observe();
    if (!again.ok) return stop("state_changed", again.message);
    return isDeepStrictEqual(again.observed, plan.observed) ? await goOnNow(held) : stop("state_changed");
  } finally {
    await held.release();
  }
}
