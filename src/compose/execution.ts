// Execution with everything it stands on: private folders, the reduced kubeconfig, the binaries that were found.
import { tmpdir } from "node:os";
import type { ExecutionConfig } from "../config/config.ts";
import { writeKubeconfig } from "../cluster/kubeconfig.ts";
import { grammars } from "../command/grammar/grammars.ts";
import type { Availability, Clock, Execution, RunGit } from "../domain/ports.ts";
import { findBinaries } from "../execution/binaries.ts";
import { createEnvironments } from "../execution/environment.ts";
import { createExecution } from "../execution/execute.ts";
import { createRunFolders } from "../execution/run-folders.ts";

export interface ComposedExecution extends Execution {
  readonly runGit: RunGit;
  /** A folder that goes with the process, for the clone. */
  readonly cloneFolder: string;
  readonly binaries: ReadonlyMap<string, Availability>;
  /** Name of the kubeconfig's context; "" without a cluster. */
  readonly context: string;
  /** Kills what still runs and removes the folders. Synchronous: also for the last moment of the process. */
  abandon(): void;
}

/** Without a kubeconfig these would ask localhost:8080, which may well be this very server. */
const clients = ["kubectl", "helm", "flux"];
const noCluster: Availability = { available: false, reason: "no cluster is configured: set KUBECONFIG" };

/** @throws StartError `invalid_configuration` for a kubeconfig that cannot be used */
export async function composeExecution(
  config: ExecutionConfig,
  clock: Clock,
  serverUrl: string,
): Promise<ComposedExecution> {
  const folders = createRunFolders(tmpdir());
  try {
    const context = copyKubeconfig(config, folders.kubeconfigFile);
    const environments = createEnvironments({
      ...folders,
      forge: { serverUrl, ...(config.githubToken === undefined ? {} : { token: config.githubToken }) },
      ...(context === undefined ? {} : { kubeconfig: folders.kubeconfigFile }),
    });
    const specs = [...grammars.values()].map(({ spec }) => spec);
    const found = await findBinaries(specs, config.toolPath, { environments, cwd: folders.workDir });
    const binaries =
      context === undefined ? new Map([...found, ...clients.map((name) => [name, noCluster] as const)]) : found;
    const execution = createExecution({ binaries, environments, cwd: folders.workDir, clock });
    return {
      availability: (binary) => execution.availability(binary),
      run: (request) => execution.run(request),
      runGit: execution.runGit,
      cloneFolder: folders.cloneFolder,
      binaries,
      context: context ?? "",
      abandon: () => {
        execution.close();
        folders.remove();
      },
    };
  } catch (error) {
    folders.remove();
    throw error;
  }
}

function copyKubeconfig({ kubeconfig, kubeContext }: ExecutionConfig, target: string): string | undefined {
  if (kubeconfig === undefined) return undefined;
  return writeKubeconfig({
    source: kubeconfig,
    target,
    ...(kubeContext === undefined ? {} : { context: kubeContext }),
  });
}
