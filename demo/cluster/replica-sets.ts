// Replica sets of the simulated cluster: one per template that a deployment had. Used by controller, scenario and progress.
import { createHash } from "node:crypto";
import { recordEvent } from "./events.ts";
import { fieldsAt, isFields, listAt, numberAt, textAt } from "./fields.ts";
import { suffix, timestamp, uidOf } from "./names.ts";
import { podSummary } from "./pod-summary.ts";
import type { KubernetesObject, Store } from "./store.ts";

/** Old replica sets kept for `rollout history`. */
const keptRevisions = 10;

export const revisionKey = "deployment.kubernetes.io/revision";

export const podsOf = (store: Store, owner: KubernetesObject): readonly KubernetesObject[] =>
  owned(store.list("pods", owner.metadata.namespace), owner);

export const replicaSetsOf = (store: Store, deployment: KubernetesObject): readonly KubernetesObject[] =>
  owned(store.list("replicasets", deployment.metadata.namespace), deployment);

const owned = (objects: readonly KubernetesObject[], { metadata: { uid } }: KubernetesObject) =>
  objects.filter((object) => listAt(object, "metadata.ownerReferences").some((owner) => textAt(owner, "uid") === uid));

/** The deployment's revision that a replica set stands for. */
export const revisionOf = (object: KubernetesObject): number =>
  Number(fieldsAt(object, "metadata.annotations")[revisionKey] ?? 0);

/** The replica set of the deployment's template as it is now. */
export function ensureReplicaSet(store: Store, deployment: KubernetesObject, createdMs = Date.now()): KubernetesObject {
  const template = fieldsAt(deployment, "spec.template");
  const hash = suffix(
    createHash("sha256")
      .update(JSON.stringify(canonical(template)))
      .digest("hex"),
    10,
  );
  const { name: owner, namespace = "default", uid, labels } = deployment.metadata;
  const name = `${owner}-${hash}`;
  const found = store.get("replicasets", namespace, name);
  const replicas = numberAt(deployment, "spec.replicas");
  const newest = Math.max(0, ...replicaSetsOf(store, deployment).map(revisionOf));
  if (found !== undefined && revisionOf(found) === newest) return resized(store, deployment, found);
  const revision = 1 + newest;
  const withHash = { ...labels, "pod-template-hash": hash };
  const made = store.put("replicasets", {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name,
      namespace,
      uid: uidOf(`replicaset ${name}`),
      creationTimestamp: timestamp(createdMs),
      labels: withHash,
      annotations: { [revisionKey]: String(revision) },
      generation: 1,
      ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: owner, uid, controller: true }],
    },
    spec: {
      replicas,
      selector: { matchLabels: withHash },
      template: { ...template, metadata: { ...fieldsAt(template, "metadata"), labels: withHash } },
    },
  });
  scaled(store, deployment, `Scaled up replica set ${name} from 0 to ${replicas}`, createdMs);
  return made;
}

/** The replica set with as many replicas as its deployment has; nothing is new about it. */
function resized(store: Store, deployment: KubernetesObject, set: KubernetesObject): KubernetesObject {
  const [before, replicas] = [set, deployment].map((object) => numberAt(object, "spec.replicas"));
  if (before === replicas) return set;
  const { name } = set.metadata;
  const direction = (before ?? 0) < (replicas ?? 0) ? "up" : "down";
  scaled(store, deployment, `Scaled ${direction} replica set ${name} from ${before} to ${replicas}`, Date.now());
  return store.put("replicasets", { ...set, spec: { ...fieldsAt(set, "spec"), replicas } });
}

/** A template as its meaning: what kubectl read and sent back differs in order, and in fields that are empty. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const);
  const isSaid = (inner: unknown) => typeof inner !== "object" || (inner !== null && Object.keys(inner).length > 0);
  return Object.fromEntries(entries.filter(([, inner]) => isSaid(inner)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Takes the pods of a replica set that is no longer wanted. */
export function retire(store: Store, deployment: KubernetesObject, set: KubernetesObject): void {
  const pods = podsOf(store, set);
  if (pods.length === 0) return;
  for (const pod of pods) store.remove("pods", pod);
  store.put("replicasets", { ...set, spec: { ...fieldsAt(set, "spec"), replicas: 0 } });
  scaled(store, deployment, `Scaled down replica set ${set.metadata.name} from ${pods.length} to 0`, Date.now());
}

function scaled(store: Store, about: KubernetesObject, message: string, atMs: number): void {
  const component = "deployment-controller";
  recordEvent(store, { about, type: "Normal", reason: "ScalingReplicaSet", message, component, atMs });
}

export function forgetOldRevisions(store: Store, deployment: KubernetesObject, current: KubernetesObject): void {
  const empty = replicaSetsOf(store, deployment)
    .filter((set) => set.metadata.name !== current.metadata.name && podsOf(store, set).length === 0)
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  for (const set of empty.slice(keptRevisions)) store.remove("replicasets", set);
}

export function withCounts(store: Store, set: KubernetesObject): KubernetesObject {
  const pods = podsOf(store, set);
  const ready = pods.filter((pod) => podSummary(pod).isReady).length;
  const status = { replicas: pods.length, fullyLabeledReplicas: pods.length, observedGeneration: 1 };
  return { ...set, status: { ...status, readyReplicas: ready, availableReplicas: ready } };
}
