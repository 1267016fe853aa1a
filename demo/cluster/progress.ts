// A deployment's status, counted from its pods. Used by controller and scenario.
import { fieldsAt, numberAt } from "./fields.ts";
import { timestamp } from "./names.ts";
import { podSummary } from "./pod-summary.ts";
import { podsOf, replicaSetsOf, revisionKey, revisionOf } from "./replica-sets.ts";
import type { KubernetesObject, Store } from "./store.ts";

/** The deployment with its revision and the status that its pods come to. */
export function withProgress(store: Store, deployment: KubernetesObject, current: KubernetesObject): KubernetesObject {
  const pods = replicaSetsOf(store, deployment).flatMap((set) => podsOf(store, set));
  const ready = pods.filter((pod) => podSummary(pod).isReady).length;
  const updated = podsOf(store, current).length;
  const wanted = numberAt(deployment, "spec.replicas");
  const isAvailable = ready >= wanted;
  const time = timestamp(Date.now());
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastUpdateTime: time,
    lastTransitionTime: time,
  });
  return {
    ...deployment,
    metadata: {
      ...deployment.metadata,
      annotations: { ...fieldsAt(deployment, "metadata.annotations"), [revisionKey]: String(revisionOf(current)) },
    },
    status: {
      observedGeneration: numberAt(deployment, "metadata.generation"),
      replicas: pods.length,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, wanted - ready),
      conditions: [
        isAvailable
          ? condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
          : condition(
              "Available",
              "False",
              "MinimumReplicasUnavailable",
              "Deployment does not have minimum availability.",
            ),
        condition(
          "Progressing",
          "True",
          "NewReplicaSetAvailable",
          `ReplicaSet "${current.metadata.name}" has progressed.`,
        ),
      ],
    },
  };
}
