// Every tool there is, in the order tools/list shows them. To add one: declare it in its toolset's file, list it here.
import { cliTool } from "./cli.ts";
import { ghPrChecks, ghPrCreate, ghPrList, ghPrView, ghRunList } from "./gh.ts";
import { gitCommit, gitDiff, gitLog, gitPull, gitPush, gitStatus } from "./git.ts";
import { kubectlDeletePod, kubectlDescribe, kubectlGet, kubectlLogs, kubectlRolloutRestart } from "./kubectl.ts";
import { healthCheck } from "./server.ts";
import type { Tool } from "./tool.ts";

export const catalog: readonly Tool[] = Object.freeze([
  kubectlGet,
  kubectlDescribe,
  kubectlLogs,
  kubectlRolloutRestart,
  kubectlDeletePod,
  gitStatus,
  gitLog,
  gitDiff,
  gitPull,
  gitCommit,
  gitPush,
  ghPrList,
  ghPrView,
  ghPrChecks,
  ghRunList,
  ghPrCreate,
  cliTool,
  healthCheck,
]);

const byName: ReadonlyMap<string, Tool> = new Map(catalog.map((tool) => [tool.name, tool]));

export const findTool = (name: string): Tool | undefined => byName.get(name);
