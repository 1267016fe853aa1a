// Rung 6: the principal's share of what may be started in a time, then a slot. Called by the gate; what does not start
// anything in the end is given back.
import type { Command, Plan } from "../domain/command.ts";
import type { Busy } from "../domain/ports.ts";
import type { Principal } from "../domain/principal.ts";
import type { GatePorts } from "./ports.ts";
import { changesOf } from "./reach.ts";
import { type Stop, stop, stopOf } from "./stops.ts";

export interface Turn {
  readonly plan: Plan;
  readonly principal: Principal;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Runs `work` in a slot. `started` is to be called when the first process, or change of a file, is about to begin. */
export async function inSlot<Ended extends object>(
  { budgets, slots }: Pick<GatePorts, "budgets" | "slots">,
  { plan, principal, signal }: Turn,
  work: (started: () => void) => Promise<Ended>,
): Promise<Ended | Stop> {
  const spent = budgets.spend({ principal: principal.id, changes: changesOf(plan).map(namespacesOf) });
  if (!spent.ok) return stop("rate_limited", spent.message, spent.retryAfterMs);
  let hasStarted = false;
  try {
    const request = { principal: principal.id, binaries: binariesOf(plan), signal };
    const ended = await slots.take(request, () => work(() => (hasStarted = true)));
    return isBusy(ended) ? stop("busy", undefined, ended.retryAfterMs) : ended;
  } catch (error) {
    return stopOf(signal)(error);
  } finally {
    if (!hasStarted) spent.giveBack();
  }
}

const isBusy = (value: object): value is Busy => "kind" in value && value.kind === "busy";

const binariesOf = ({ steps }: Plan): readonly string[] =>
  steps.flatMap(({ stages }): readonly Command[] => stages).map(({ binary }) => binary);

const namespacesOf = ({ namespaces }: Command): readonly string[] => [...new Set(namespaces)];
