// A change makes what was read before it old. Called by the gate around everything that may change something.
import type { Plan } from "../domain/command.ts";
import type { GatePorts } from "./ports.ts";
import { changesOf, reachOf } from "./reach.ts";

/** Forgets what was read where the plan changes something: when the change starts, and when it has ended. */
export async function whileChanging<T>(
  { reads }: Pick<GatePorts, "reads">,
  plan: Plan,
  change: (started: () => void) => Promise<T>,
): Promise<T> {
  const changes = changesOf(plan);
  if (changes.length === 0) return change(() => {});
  const reach = reachOf(changes);
  let hasStarted = false;
  const started = (): void => {
    // Several steps, one start.
    if (!hasStarted) reads.drop(reach);
    hasStarted = true;
  };
  try {
    return await change(started);
  } finally {
    if (hasStarted) reads.drop(reach);
  }
}
