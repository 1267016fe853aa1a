// A simulated cluster and the real kubectl for one test. Used by the tests beside this file.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";

const kubectlFile = path.resolve(import.meta.dirname, "../../.tools/bin/kubectl");
/** False where no kubectl is pinned for the processor. */
export const hasKubectl = existsSync(kubectlFile);

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setup {
  readonly cluster: SimulatedCluster;
  readonly kubectl: (...args: readonly string[]) => Promise<Ended>;
}

/** A cluster of its own for one test, stopped when the test ends. */
export async function startCluster(): Promise<Setup> {
  const { stop, ...setup } = await openCluster();
  onTestFinished(stop);
  return setup;
}

/** A cluster that the caller stops. */
export async function openCluster(): Promise<Setup & { readonly stop: () => Promise<void> }> {
  const cluster = await startSimulatedCluster();
  const home = mkdtempSync(path.join(tmpdir(), "ai-sre-kubectl-"));
  const env = { KUBECONFIG: cluster.kubeconfig, HOME: home, KUBERC: "off" };
  const kubectl = (...args: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(kubectlFile, args, { env, timeout: 20_000 }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr });
      });
    });
  const stop = async (): Promise<void> => {
    await cluster.stop();
    rmSync(home, { recursive: true, force: true });
  };
  return { cluster, kubectl, stop };
}

/** The names of an app's pods, blanks between them. */
export async function podOf({ kubectl }: Setup, app: string): Promise<string> {
  const { stdout } = await kubectl("get", "pods", "-l", `app=${app}`, "-o", "jsonpath={.items[*].metadata.name}");
  return stdout;
}
