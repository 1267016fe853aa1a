// Does the cluster answer? Asked by `kubectl version` through the same execution as every command, at most once every few
// seconds and only when somebody wants to know: readiness does not depend on it.
import { understand } from "../command/understand.ts";
import type { Plan } from "../domain/command.ts";
import type { Clock, Execution } from "../domain/ports.ts";

export interface ClusterStatus {
  readonly reachable: boolean;
  readonly server_version?: string;
  readonly checked_at?: string;
}

/** How long an answer holds, milliseconds. */
const freshMs = 10_000;
const timeoutMs = 5000;

/** `kubectl version`, understood like any other command. */
function versionPlan(): Plan {
  const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
  const steps = [{ argv: ["kubectl", "version", "--output=json"] }];
  const read = understand({ action: "command", steps }, settings);
  if (!read.ok) throw new Error(`the grammar does not understand the probe: ${read.refusal.message}`);
  return read.plan;
}

export function createClusterProbe(execution: Execution, clock: Clock): () => Promise<ClusterStatus> {
  const [step] = versionPlan().steps;
  if (step === undefined) throw new Error("the probe has no step");
  let held: { readonly at: number; readonly status: Promise<ClusterStatus> } | undefined;

  const ask = async (): Promise<ClusterStatus> => {
    if (!execution.availability("kubectl").available) return { reachable: false };
    const obligations = { timeoutMs, maxOutputBytes: 16_384, redact: ["credentials"] };
    const sandboxes = step.stages.map(({ sandbox }) => sandbox);
    const request = {
      callId: "health",
      step,
      sandboxes,
      obligations,
      timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    };
    const { stages, stdout } = await execution.run(request);
    const checked_at = new Date(clock.now()).toISOString();
    if (stages.some(({ answered }) => !answered)) return { reachable: false, checked_at };
    const version = /"serverVersion":\s*\{[^}]*"gitVersion":\s*"([^"]{1,64})"/.exec(stdout)?.[1];
    return {
      reachable: version !== undefined,
      checked_at,
      ...(version === undefined ? {} : { server_version: version }),
    };
  };

  return () => {
    if (held === undefined || clock.monotonic() - held.at > freshMs) {
      held = { at: clock.monotonic(), status: ask().catch(() => ({ reachable: false })) };
    }
    return held.status;
  };
}
