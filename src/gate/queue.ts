// Rung 6: the principal's share of what may be started in a time, then a slot. Called by the gate; what does not start
// anything in the end is given back.
import type { Command, Plan } from "../domain/command.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Principal } from "../domain/principal.ts";
import type { GatePorts } from "./ports.ts";
import { isStop, type Stop, stop } from "./stops.ts";

export interface Turn {
  readonly plan: Plan;
  readonly principal: Principal;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Runs `work` in a slot. `started` is to be called when the first process, or change of a file, is about to begin. */
export async function inSlot(
  { budgets, slots }: Pick<GatePorts, "budgets" | "slots">,
  { plan, principal, signal }: Turn,
  work: (started: () => void) => Promise<Outcome | Stop>,
): Promise<Outcome | Stop> {
  const commands = plan.steps.flatMap(({ stages }): readonly Command[] => stages);
  const spent = budgets.spend({ principal: principal.id, changes: commands.filter(isChange).map(namespacesOf) });
  if (!spent.ok) return stop("rate_limited", spent.message, spent.retryAfterMs);
  let hasStarted = false;
  try {
    const request = { principal: principal.id, binaries: commands.map(({ binary }) => binary), signal };
    const ended = await slots.take(request, () => work(() => (hasStarted = true)));
    if (!("kind" in ended) || isStop(ended)) return ended;
    return stop("busy", undefined, ended.retryAfterMs);
  } catch (error) {
    if (signal.aborted && error === signal.reason) return stop("cancelled");
    throw error;
  } finally {
    if (!hasStarted) spent.giveBack();
  }
}

const isChange = ({ effect, dryRun }: Command): boolean => !dryRun && (effect === "write" || effect === "destructive");

const namespacesOf = ({ namespaces }: Command): readonly string[] => [...new Set(namespaces)];
