// Rung 6: the principal's share of what may be started in a time, then a slot. Called by the gate; what does not start
// anything in the end is given back.
import type { Command, Plan } from "../domain/command.ts";
import type { Busy } from "../domain/ports.ts";
import type { Principal } from "../domain/principal.ts";
import type { GatePorts } from "./ports.ts";
import { changesOf, commandsOf } from "./reach.ts";
import { type Stop, stop, stopOf } from "./stops.ts";

export interface Turn {
  readonly principal: Principal;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

type Ports = Pick<GatePorts, "budgets" | "slots">;

/** Runs `work` in a slot. `started` is to be called when the first process, or change of a file, is about to begin. */
export const inSlot = <Ended extends object>(
  ports: Ports,
  { plan, principal, signal }: Turn & { readonly plan: Plan },
  work: (started: () => void) => Promise<Ended>,
): Promise<Ended | Stop> => {
  const changes = changesOf(plan).map(namespacesOf);
  return inTurn(ports, { principal, signal, binaries: binariesOf(plan), changes }, work);
};

/** The same for reads of one binary that are no plan yet: all of them share a slot. */
export const inSlotFor = <Ended extends object>(
  ports: Ports,
  { binary, ...turn }: Turn & { readonly binary: string },
  work: (started: () => void) => Promise<Ended>,
): Promise<Ended | Stop> => inTurn(ports, { ...turn, binaries: [binary], changes: [] }, work);

async function inTurn<Ended extends object>(
  { budgets, slots }: Ports,
  { principal, signal, binaries, changes }: Turn & Takes,
  work: (started: () => void) => Promise<Ended>,
): Promise<Ended | Stop> {
  const spent = budgets.spend({ principal: principal.id, changes });
  if (!spent.ok) return stop("rate_limited", spent.message, spent.retryAfterMs);
  let hasStarted = false;
  try {
    const request = { principal: principal.id, binaries, signal };
    const ended = await slots.take(request, () => work(() => (hasStarted = true)));
    return isBusy(ended) ? stop("busy", undefined, ended.retryAfterMs) : ended;
  } catch (error) {
    return stopOf(signal)(error);
  } finally {
    if (!hasStarted) spent.giveBack();
  }
}

interface Takes {
  readonly binaries: readonly string[];
  /** The namespaces of each change. */
  readonly changes: readonly (readonly string[])[];
}

const isBusy = (value: object): value is Busy => "kind" in value && value.kind === "busy";

const binariesOf = (plan: Plan): readonly string[] => commandsOf(plan).map(({ binary }) => binary);

const namespacesOf = ({ namespaces }: Command): readonly string[] => [...new Set(namespaces)];
