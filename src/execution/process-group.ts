// Signals to a whole process group, and waiting until it is empty. Used by run.ts; knows nothing of what runs in it.
// A group's number is not given to another process while a member lives; once empty, it is not signalled again.
import { setTimeout as sleep } from "node:timers/promises";

/** How long killed members are given to leave the process table, milliseconds. */
const reapMs = 250;
const pollMs = 10;

/** Sends the signal to every member; false when the group is empty. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // EPERM: members exist and are not ours to signal (a set-user-id program).
    if (code === "ESRCH") return false;
    if (code === "EPERM") return true;
    throw error;
  }
}

/** Kills every member and waits until they are gone. What left the group by setsid(2) is out of reach. */
export async function endGroup(groupId: number): Promise<void> {
  for (let waitedMs = 0; signalGroup(groupId, "SIGKILL") && waitedMs < reapMs; waitedMs += pollMs) {
    await sleep(pollMs);
  }
}
