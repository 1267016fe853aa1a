// Which cluster this is: the uid of its namespace kube-system, asked once by a command of the server's own. Until it is known,
// or when RBAC does not show it, the id is empty; who needs a name all the same takes the context's.
import { understand } from "../command/understand.ts";
import type { Step } from "../domain/command.ts";
import type { Clock, Execution } from "../domain/ports.ts";
import type { ClusterStatus } from "./cluster-probe.ts";

export interface ClusterId {
  current(): string;
  /** Asks for it, unless it is known, being asked, or was asked in vain just now. Nobody waits for that. */
  learn(): void;
  /** The id; asks for it, and waits for the answer, where it is not known yet and may be learnt. */
  known(): Promise<string>;
}

const timeoutMs = 5000;
/** Before it is asked again in vain, milliseconds. */
const patienceMs = 300_000;
const uid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Understood like any other command. */
function uidStep(): Step {
  const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
  const argv = ["kubectl", "get", "namespaces", "kube-system", "--output=jsonpath={.metadata.uid}"];
  const read = understand({ action: "command", steps: [{ argv }] }, settings);
  const step = read.ok ? read.plan.steps[0] : undefined;
  if (step === undefined) throw new Error("the grammar does not understand the question for the cluster's id");
  return step;
}

export function createClusterId(execution: Execution, clock: Pick<Clock, "monotonic">): ClusterId {
  const step = uidStep();
  let known = "";
  let askedAt = Number.NEGATIVE_INFINITY;
  /** The question on its way, or the last one. */
  let asking = Promise.resolve();

  const ask = async (): Promise<void> => {
    const obligations = { timeoutMs, maxOutputBytes: 1024, redact: ["credentials"] };
    const sandboxes = step.stages.map(({ sandbox }) => sandbox);
    const signal = AbortSignal.timeout(timeoutMs);
    const { stages, stdout } = await execution.run({
      callId: "cluster-id",
      step,
      sandboxes,
      obligations,
      timeoutMs,
      signal,
    });
    if (stages.every(({ answered }) => answered) && uid.test(stdout.trim())) known = stdout.trim();
  };

  const learn = (): void => {
    const now = clock.monotonic();
    if (known !== "" || now - askedAt < patienceMs || !execution.availability("kubectl").available) return;
    askedAt = now;
    // A fault of our own shows in every call as well; here it only leaves the id empty.
    asking = ask().catch(() => {});
  };

  return {
    current: () => known,
    learn,
    known: async () => {
      learn();
      await asking;
      return known;
    },
  };
}

/** The probe, which tries for the id when the cluster answers. */
export const learning = (id: ClusterId, probe: () => Promise<ClusterStatus>) => async (): Promise<ClusterStatus> => {
  const status = await probe();
  if (status.reachable) id.learn();
  return status;
};
