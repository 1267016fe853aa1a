// The ways in which a running process comes to its end before it wants to. Used by run.ts only.
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "./process-group.ts";

export type Ending = "exit" | "timed_out" | "cancelled" | "flood" | "memory";

/** From SIGTERM to SIGKILL, milliseconds. */
const graceMs = 500;
/** How long a killed process may stay in the kernel before it is given up, milliseconds. */
const lostMs = 2000;

export function timeOver(ms: number, stop: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("timed_out"), ms);
    stop.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

/** Never resolves without a signal, nor after `stop`. */
export function cancelled(signal: AbortSignal | undefined, stop: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    signal?.addEventListener("abort", () => resolve("cancelled"), { once: true, signal: stop });
  });
}

/** Asks the whole group to end, waits a little, makes it end. A flood gets no grace, nor does what eats memory: both would go on. */
export async function terminate(group: number, exit: Promise<unknown>, ending: Ending): Promise<void> {
  if (ending !== "flood" && ending !== "memory") {
    signalGroup(group, "SIGTERM");
    await Promise.race([exit, sleep(graceMs, undefined, { ref: false })]);
  }
  signalGroup(group, "SIGKILL");
  await Promise.race([exit, sleep(lostMs, undefined, { ref: false })]);
}
