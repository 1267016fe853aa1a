// The simulated deployment controller: replica sets and pods follow the deployments. Called after every change by the API.
import { recordEvent } from "./events.ts";
import { numberAt } from "./fields.ts";
import { suffix } from "./names.ts";
import { podSummary } from "./pod-summary.ts";
import { runningPod, startingPod } from "./pods.ts";
import { withProgress } from "./progress.ts";
import { ensureReplicaSet, forgetOldRevisions, podsOf, replicaSetsOf, retire, withCounts } from "./replica-sets.ts";
import type { KubernetesObject, Store } from "./store.ts";

export interface Controller {
  /** Brings replica sets, pods and statuses in line with one deployment; what has to start is running a moment later. */
  reconcile(namespace: string, name: string): void;
  close(): void;
}

/** How long a new pod takes until it is ready, milliseconds. */
const startMs = 300;
export function createController(store: Store): Controller {
  const timers = new Set<NodeJS.Timeout>();
  let serial = store.list("pods").length;

  const start = (owner: KubernetesObject, deployment: string): void => {
    serial += 1;
    const name = `${owner.metadata.name}-${suffix(`${owner.metadata.name} ${serial}`, 5)}`;
    const pod = store.put("pods", startingPod({ name, owner, createdMs: Date.now(), serial }));
    const { namespace = "" } = pod.metadata;
    const note = (reason: string, message: string, component: string): void =>
      recordEvent(store, { about: pod, type: "Normal", reason, message, component, atMs: Date.now() });
    note("Scheduled", `Successfully assigned ${namespace}/${name}`, "default-scheduler");
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (store.get("pods", namespace, name) === undefined) return;
      store.put("pods", runningPod(pod, Date.now()));
      note("Started", "Container started", "kubelet");
      reconcile(namespace, deployment);
    }, startMs);
    timers.add(timer);
  };

  const reconcile = (namespace: string, name: string): void => {
    const deployment = store.get("deployments", namespace, name);
    if (deployment === undefined) return;
    const current = ensureReplicaSet(store, deployment);
    const wanted = numberAt(deployment, "spec.replicas");
    const missing = wanted - podsOf(store, current).length;
    // The newest go first, as those that are not ready do in a real cluster.
    for (const pod of missing < 0 ? podsOf(store, current).slice(missing) : []) store.remove("pods", pod);
    for (let made = 0; made < missing; made += 1) start(current, name);
    const isComplete = podsOf(store, current).filter((pod) => podSummary(pod).isReady).length >= wanted;
    for (const old of replicaSetsOf(store, deployment)) {
      if (old.metadata.name !== current.metadata.name && isComplete) retire(store, deployment, old);
    }
    forgetOldRevisions(store, deployment, current);
    for (const set of replicaSetsOf(store, deployment)) store.put("replicasets", withCounts(store, set));
    store.put("deployments", withProgress(store, deployment, current));
  };

  return {
    reconcile,
    close: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
