// Rungs 3 and 7: the outside facts that a judgement rests on, before it and again just before anything starts. Called by
// the gate; reads only.
import { isDeepStrictEqual } from "node:util";
import { restsOnWorkTree, withObserved } from "../command/observe.ts";
import type { Plan } from "../domain/command.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { HeldWorkTree, WorkTree } from "../domain/ports.ts";
import type { Principal } from "../domain/principal.ts";
import { type Refused, refused, type Understood } from "./judge.ts";
import type { GatePorts } from "./ports.ts";
import { type Stop, stop } from "./stops.ts";

/** Rung 3. Without a work tree nothing is observed, and policy sees that; most plans rest on nothing outside and do not wait. */
export function observed(
  { workTree }: Pick<GatePorts, "workTree">,
  read: Refused | Understood,
  signal: AbortSignal,
): Promise<Refused | Understood> | Refused | Understood {
  const looks = read.kind === "understood" && restsOnWorkTree(read.plan);
  return looks && workTree !== undefined ? look(workTree, read, signal) : read;
}

async function look(workTree: WorkTree, read: Understood, signal: AbortSignal): Promise<Refused | Understood> {
  const seen = await workTree.observe(read.plan, read.asked.principal, signal);
  if (!seen.ok) return refused(seen.code, { message: seen.message });
  return { ...read, plan: withObserved(read.plan, seen.observed) };
}

/** Rung 7: has the work tree for the plan alone, looks again, and goes on only when everything is as it was judged. */
export async function asObserved(
  { workTree }: Pick<GatePorts, "workTree">,
  { plan, principal, signal }: { readonly plan: Plan; readonly principal: Principal; readonly signal: AbortSignal },
  goOn: (held?: HeldWorkTree) => Promise<Outcome>,
): Promise<Outcome | Stop> {
  if (plan.observed === undefined || workTree === undefined) return goOn();
  const held = await workTree.hold(plan, principal, signal);
  try {
    const again = await held.observe();
    if (!again.ok) return stop("state_changed", again.message);
    return isDeepStrictEqual(again.observed, plan.observed) ? await goOn(held) : stop("state_changed");
  } finally {
    await held.release();
  }
}
