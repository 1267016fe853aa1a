// Every tool there is, in the order tools/list shows them. To add one: declare it in its toolset's file, list it here.
import { closestMatch } from "leven";
import { approvalDecide } from "./approval.ts";
import { cliTool } from "./cli.ts";
import { ghPrChecks, ghPrCreate, ghPrList, ghPrView, ghRunList } from "./gh.ts";
import { gitCommit, gitDiff, gitLog, gitPull, gitPush, gitStatus } from "./git.ts";
import { fluxReconcile, fluxResume, fluxStatus, fluxSuspend } from "./flux.ts";
import { helmHistory, helmList, helmRollback, helmStatus } from "./helm.ts";
import {
  kubectlApply,
  kubectlDeletePod,
  kubectlRolloutRestart,
  kubectlRolloutUndo,
  kubectlScale,
} from "./kubectl-changes.ts";
import {
  kubectlDescribe,
  kubectlEvents,
  kubectlGet,
  kubectlLogs,
  kubectlRolloutHistory,
  kubectlRolloutStatus,
  kubectlTop,
} from "./kubectl.ts";
import { alertmanagerAlerts, prometheusQuery, prometheusQueryRange } from "./monitoring.ts";
import { healthCheck, preflight, runBatch } from "./server.ts";
import type { Tool } from "./tool.ts";

/** Tools about other calls: nobody looks ahead at them, and they are no steps of a batch. */
export const aboutOtherCalls: ReadonlySet<string> = new Set(
  [runBatch, preflight, approvalDecide].map(({ name }) => name),
);

export const catalog: readonly Tool[] = Object.freeze([
  kubectlGet,
  kubectlDescribe,
  kubectlLogs,
  kubectlEvents,
  kubectlTop,
  kubectlRolloutStatus,
  kubectlRolloutHistory,
  kubectlRolloutRestart,
  kubectlRolloutUndo,
  kubectlScale,
  kubectlDeletePod,
  kubectlApply,
  prometheusQuery,
  prometheusQueryRange,
  alertmanagerAlerts,
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
  fluxStatus,
  fluxReconcile,
  fluxSuspend,
  fluxResume,
  helmList,
  helmStatus,
  helmHistory,
  helmRollback,
  cliTool,
  runBatch,
  preflight,
  healthCheck,
  approvalDecide,
]);

const byName: ReadonlyMap<string, Tool> = new Map(catalog.map((tool) => [tool.name, tool]));

export const findTool = (name: string): Tool | undefined => byName.get(name);

/** Longer names are nobody's slip of the finger, and comparing them would cost time. */
const maxNameLength = 40;

/** For a hint only: the tool whose name differs by capitals and a letter or two. */
export const nearestTool = (name: string): string | undefined =>
  name.length > maxNameLength ? undefined : closestMatch(name.toLowerCase(), [...byName.keys()], { maxDistance: 2 });
