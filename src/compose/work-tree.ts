// The work tree from the configuration; nothing when no repository is configured.
import type { Config } from "../config/config.ts";
import type { ParseSettings } from "../domain/command.ts";
import type { Clock, WorkTree } from "../domain/ports.ts";
import { remoteUrlOf } from "../domain/repository-url.ts";
import { createWorkTree } from "../workspace/work-tree.ts";
import type { ComposedExecution } from "./execution.ts";

interface Surroundings {
  readonly execution: Pick<ComposedExecution, "runGit" | "cloneFolder">;
  /** In force now. */
  readonly settings: () => ParseSettings;
  readonly clock: Clock;
}

/** The gate's port, spread into its ports. The clone is made when the first call needs it. */
export function composeWorkTree(
  { workspace, serverUrl }: Pick<Config, "workspace" | "serverUrl">,
  { execution, settings, clock }: Surroundings,
): { readonly workTree?: WorkTree } {
  if (workspace === undefined) return {};
  const workTree = createWorkTree({
    folder: workspace.folder ?? execution.cloneFolder,
    remoteUrl: remoteUrlOf(workspace.repository, serverUrl),
    serverUrl,
    baseBranch: () => settings().git?.baseBranch ?? "main",
    git: execution.runGit,
    clock,
  });
  return { workTree };
}
