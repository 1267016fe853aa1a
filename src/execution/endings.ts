// The ways in which a running process comes to its end before it wants to, and how it is ended. Used by run.ts only.
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "./process-group.ts";

export type Ending = "exit" | "timed_out" | "cancelled" | "flood" | "memory";

/** From SIGTERM to SIGKILL, milliseconds. */
export const graceMs = 500;
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

/** A flood gets no grace, nor does what eats memory: both would go on. */
const isPatient = (ending: Ending): boolean => ending !== "flood" && ending !== "memory";

/** Asks the whole group to end, waits a little, makes it end. */
export async function terminate(group: number, exit: Promise<unknown>, ending: Ending): Promise<void> {
  if (isPatient(ending)) {
    signalGroup(group, "SIGTERM");
    await Promise.race([exit, sleep(graceMs, undefined, { ref: false })]);
  }
  signalGroup(group, "SIGKILL");
  await Promise.race([exit, sleep(lostMs, undefined, { ref: false })]);
}

/**
 * Has the helper end its command: it knows the same grace, and SIGINT means at once. Killed, it could not take away what the
 * command has started, so that comes last.
 */
export async function terminateBox(group: number, exit: Promise<unknown>, ending: Ending): Promise<void> {
  signalGroup(group, isPatient(ending) ? "SIGTERM" : "SIGINT");
  await Promise.race([exit, sleep(graceMs + lostMs, undefined, { ref: false })]);
}
