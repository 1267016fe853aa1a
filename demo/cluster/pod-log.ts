// GET …/pods/NAME/log with the query parameters that kubectl sends. Used by api.ts.
import { type Answer, failure } from "./answers.ts";
import { listAt, textAt } from "./fields.ts";
import { logOf, noLogReason } from "./logs.ts";
import type { KubernetesObject } from "./store.ts";

export function podLog(pod: KubernetesObject, query: URLSearchParams): Answer {
  const { name } = pod.metadata;
  const [first] = listAt(pod, "spec.containers");
  const container = query.get("container") ?? textAt(first, "name");
  if (container !== textAt(first, "name")) return failure(400, `container ${container} is not valid for pod ${name}`);
  const hasEnded = textAt(listAt(pod, "status.containerStatuses")[0], "lastState.terminated.finishedAt") !== "";
  if (query.get("previous") === "true" && !hasEnded) {
    return failure(400, `previous terminated container "${container}" in pod "${name}" not found`);
  }
  const lines = logOf(pod);
  if (lines === undefined) return failure(400, noLogReason(pod, container));

  const since = sinceMs(query);
  const recent = lines.filter(({ atMs }) => atMs >= since);
  const tail = query.get("tailLines");
  const last = tail === null ? recent : recent.slice(Math.max(0, recent.length - Number(tail)));
  const withTime = query.get("timestamps") === "true";
  const text = last.map(({ atMs, text }) => `${withTime ? `${new Date(atMs).toISOString()} ` : ""}${text}\n`).join("");
  const limit = Number(query.get("limitBytes") ?? Number.MAX_SAFE_INTEGER);
  return { code: 200, text: Buffer.from(text).subarray(0, limit).toString("utf8"), type: "text/plain" };
}

function sinceMs(query: URLSearchParams): number {
  const time = query.get("sinceTime");
  if (time !== null) return Date.parse(time);
  const seconds = query.get("sinceSeconds");
  return seconds === null ? 0 : Date.now() - Number(seconds) * 1000;
}
