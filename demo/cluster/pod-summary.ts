// What a pod's row says: containers ready, status in one word, restarts. Used by tables and by the controller.
import { age } from "./age.ts";
import { at, listAt, numberAt, textAt } from "./fields.ts";
import type { KubernetesObject } from "./store.ts";

export interface PodSummary {
  /** `1/1` */
  readonly ready: string;
  readonly isReady: boolean;
  readonly status: string;
  /** `7 (2m ago)` */
  readonly restarts: string;
}

export function podSummary(pod: KubernetesObject): PodSummary {
  const statuses = listAt(pod, "status.containerStatuses");
  const readyCount = statuses.filter((status) => at(status, "ready") === true).length;
  const total = listAt(pod, "spec.containers").length;
  const waiting = statuses.map((status) => textAt(status, "state.waiting.reason")).find((reason) => reason !== "");
  const restarts = statuses.reduce<number>((sum, status) => sum + numberAt(status, "restartCount"), 0);
  const ended = statuses.map((status) => textAt(status, "lastState.terminated.finishedAt")).find((time) => time !== "");
  return {
    ready: `${readyCount}/${total}`,
    isReady: total > 0 && readyCount === total,
    status: waiting ?? textAt(pod, "status.phase"),
    restarts: ended === undefined ? String(restarts) : `${restarts} (${age(ended)} ago)`,
  };
}
