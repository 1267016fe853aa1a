// Execution with everything it stands on: private folders, the cluster's login, the broker, the binaries that were found.
import { tmpdir } from "node:os";
import path from "node:path";
import { type ClusterAccess, openCluster } from "../cluster/access.ts";
import { writeChildKubeconfig } from "../cluster/child-kubeconfig.ts";
import type { ExecutionConfig, WorkspaceConfig } from "../config/config.ts";
import { grammars } from "../command/grammar/grammars.ts";
import type { Availability, BrokerRefusal, Clock, Execution, RunGit } from "../domain/ports.ts";
import type { SandboxState } from "../domain/sandbox.ts";
import { findBinaries } from "../execution/binaries.ts";
import { findBox } from "../execution/box.ts";
import { createEnvironments } from "../execution/environment.ts";
import { createExecution } from "../execution/execute.ts";
import { createRunFolders } from "../execution/run-folders.ts";
import type { Fingerprint } from "../redaction/fingerprint.ts";
import { gitFolderOf } from "../workspace/clone.ts";
import { composeBroker } from "./broker.ts";

export interface ComposedExecution extends Execution {
  readonly runGit: RunGit;
  /** A folder that goes with the process, for the clone. */
  readonly cloneFolder: string;
  readonly binaries: ReadonlyMap<string, Availability>;
  /** What commands run in. */
  readonly sandbox: SandboxState;
  /** Name of the kubeconfig's context; "" without a cluster. */
  readonly context: string;
  /** How it is reached; absent without one. */
  readonly cluster?: ClusterAccess;
  /** Kills what still runs and removes the folders. Synchronous: also for the last moment of the process. */
  abandon(): void;
}

/** Without a kubeconfig these would ask localhost:8080, which may well be this very server. */
const clients = ["kubectl", "helm", "flux"];
const noCluster: Availability = {
  available: false,
  reason: "no cluster is configured: set KUBECONFIG, or run in a pod with a service account",
};

export interface ExecutionSurroundings {
  readonly clock: Clock;
  /** Of the forge. */
  readonly serverUrl: string;
  /** The repository that is cloned, and where to; absent: the server's own git talks to nobody. */
  readonly workspace?: WorkspaceConfig;
  /** Lets placeholders show which values were equal. */
  readonly fingerprint?: Fingerprint;
  /** Base URLs that site data lets curl ask. */
  readonly hosts?: () => readonly string[];
  readonly onRefused?: (refusal: BrokerRefusal) => void;
  /** Hears of faults of the broker's own, and of a login that cannot be read again. */
  readonly onFault?: (error: unknown) => void;
}

/** @throws StartError `sandbox_unavailable`, or `invalid_configuration` for a cluster that cannot be used */
export async function composeExecution(
  config: ExecutionConfig,
  {
    clock,
    serverUrl,
    workspace,
    fingerprint,
    hosts = () => [],
    onRefused = () => {},
    onFault = () => {},
  }: ExecutionSurroundings,
): Promise<ComposedExecution> {
  const { box, state } = await findBox(config.sandbox, config.helperPath);
  const folders = createRunFolders(tmpdir());
  try {
    const cluster = clusterOf(config, clock, onFault);
    if (cluster !== undefined) writeChildKubeconfig(cluster, folders.kubeconfigFile);
    const environments = createEnvironments({
      ...folders,
      forge: { serverUrl },
      ...(cluster === undefined ? {} : { kubeconfig: folders.kubeconfigFile }),
    });
    const specs = [...grammars.values()].map(({ spec }) => spec);
    const boxing = box === undefined ? {} : { box };
    const found = await findBinaries(specs, config.toolPath, {
      environments,
      cwd: folders.workDir,
      boxOnly: config.sandbox === "require",
      places: { home: folders.homeDir },
      ...boxing,
    });
    const binaries =
      cluster === undefined ? new Map([...found, ...clients.map((name) => [name, noCluster] as const)]) : found;
    const workspaceFolder = path.resolve(workspace?.folder ?? folders.cloneFolder);
    const places = {
      home: folders.homeDir,
      cache: folders.cacheDir,
      clone: gitFolderOf(workspaceFolder),
      ...(cluster === undefined ? {} : { kubeconfig: folders.kubeconfigFile }),
    };
    const { githubToken } = config;
    const broker = await composeBroker({
      socket: folders.brokerSocket,
      cluster,
      serverUrl,
      ...(githubToken === undefined ? {} : { githubToken }),
      hosts,
      onRefused,
      onFault,
    });
    const execution = createExecution({
      binaries,
      environments,
      cwd: folders.workDir,
      clock,
      places,
      workspace: workspaceFolder,
      temporaryDir: folders.temporaryDir,
      ...boxing,
      openLease: broker.open,
      ...(workspace === undefined ? {} : { repository: workspace.repository }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
    });
    return {
      availability: (binary) => execution.availability(binary),
      run: (request) => execution.run(request),
      runGit: execution.runGit,
      cloneFolder: folders.cloneFolder,
      binaries,
      sandbox: state,
      context: cluster?.context ?? "",
      ...(cluster === undefined ? {} : { cluster }),
      abandon: () => {
        execution.close();
        broker.close();
        folders.remove();
      },
    };
  } catch (error) {
    folders.remove();
    throw error;
  }
}

function clusterOf(
  { kubeconfig, kubeContext, inCluster }: ExecutionConfig,
  clock: Clock,
  onFault: (error: unknown) => void,
): ClusterAccess | undefined {
  const options = { now: () => clock.monotonic(), onProblem: (message: string) => onFault(new Error(message)) };
  if (kubeconfig !== undefined) {
    return openCluster({ source: kubeconfig, ...(kubeContext === undefined ? {} : { context: kubeContext }) }, options);
  }
  return inCluster === undefined ? undefined : openCluster(inCluster, options);
}
