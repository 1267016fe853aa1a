// The changes that the simulated cluster takes: a patch or scaling of a deployment, a patch of Flux's objects, the Secrets in
// which helm keeps its releases, Leases, the deletion of a pod. Used by api.ts.
import { type Answer, exists, failure, notFound, ok } from "./answers.ts";
import type { Controller } from "./controller.ts";
import { recordEvent } from "./events.ts";
import { at, type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from "./fields.ts";
import { reconciled } from "./flux-controller.ts";
import { named } from "./objects.ts";
import { applyPatch, type PatchKind } from "./patch.ts";
import type { KubernetesObject, Store } from "./store.ts";

export interface Write {
  readonly store: Store;
  readonly controller: Controller;
  readonly resource: string;
  readonly object: KubernetesObject;
  /** Asked with `dryRun=All`: answered as if it were done. */
  readonly isDry: boolean;
}

const kinds: Readonly<Record<string, PatchKind>> = {
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/json-patch+json": "replace",
};

/** @throws Error for a patch that cannot be applied */
export function changeObject(
  { store, controller, resource, object, isDry }: Write,
  patch: unknown,
  type: string,
): Answer {
  const kind = kinds[type.split(";")[0]?.trim() ?? ""];
  if (kind === undefined) return failure(415, `the simulated cluster takes no patch of type ${type}`);
  const merged = applyPatch(object, patch, kind);
  if (!isFields(merged)) throw new TypeError("the body is no object");
  const { metadata, apiVersion, kind: objectKind } = object;
  if (at(merged, "spec.replicas") !== at(object, "spec.replicas"))
    return failure(422, "the simulated cluster does not scale");
  const isNewSpec = JSON.stringify(merged["spec"]) !== JSON.stringify(object["spec"]);
  const changed: KubernetesObject = {
    ...merged,
    apiVersion,
    kind: objectKind,
    metadata: {
      ...metadata,
      labels: texts(fieldsAt(merged, "metadata.labels")),
      annotations: texts(fieldsAt(merged, "metadata.annotations")),
      generation: numberAt(metadata, "generation") + (isNewSpec ? 1 : 0),
    },
    status: object["status"],
  };
  if (isDry) return ok(changed);
  store.put(resource, reconciled(changed, Date.now()));
  const { namespace = "", name } = metadata;
  if (resource === "deployments") controller.reconcile(namespace, name);
  return ok(store.get(resource, namespace, name) ?? changed);
}

/** Stores an object as it was sent; one that is there is replaced where `isReplaced`. */
export function storeObject(
  { store, resource, namespace, isDry }: Omit<Write, "controller" | "object"> & { readonly namespace: string },
  sent: unknown,
  isReplaced: boolean,
): Answer {
  const name = textAt(sent, "metadata.name");
  const there = store.get(resource, namespace, name);
  if (!isFields(sent) || name === "") throw new TypeError("the body is no object with a name");
  if ((there !== undefined) !== isReplaced) return isReplaced ? notFound(resource, name) : exists(resource, name);
  const labels = texts(fieldsAt(sent, "metadata.labels"));
  const annotations = texts(fieldsAt(sent, "metadata.annotations"));
  const base = there ?? named(textAt(sent, "apiVersion"), textAt(sent, "kind"), name, Date.now(), namespace, labels);
  const { apiVersion, kind, metadata } = base;
  const object = { ...sent, apiVersion, kind, metadata: { ...metadata, labels, annotations } };
  return { ...ok(isDry ? object : store.put(resource, object)), code: isReplaced ? 200 : 201 };
}

/** The deployment's size as autoscaling/v1 says it: what `kubectl scale` reads and patches. */
export function scaleOf({ metadata, ...deployment }: KubernetesObject): Fields {
  const { name, namespace, uid, creationTimestamp } = metadata;
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, creationTimestamp, resourceVersion: at(metadata, "resourceVersion") },
    spec: { replicas: numberAt(deployment, "spec.replicas") },
    status: { replicas: numberAt(deployment, "status.replicas") },
  };
}

/** @throws Error for a number of replicas that no deployment has */
export function changeScale({ store, controller, resource, object, isDry }: Write, patch: unknown): Answer {
  const replicas = at(applyPatch(scaleOf(object), patch, "merge"), "spec.replicas");
  if (typeof replicas !== "number" || !Number.isInteger(replicas) || replicas < 0 || replicas > mostReplicas)
    throw new Error(`the simulated cluster has room for 0 to ${mostReplicas} pods of a deployment`);
  const { metadata } = object;
  const generation = numberAt(metadata, "generation") + 1;
  const scaled = { ...object, metadata: { ...metadata, generation }, spec: { ...fieldsAt(object, "spec"), replicas } };
  if (isDry) return ok(scaleOf(scaled));
  const { namespace = "", name } = metadata;
  store.put(resource, scaled);
  controller.reconcile(namespace, name);
  return ok(scaleOf(store.get(resource, namespace, name) ?? scaled));
}

const mostReplicas = 50;

/** A pod is gone at once; its owner makes another one. */
export function removeObject({ store, controller, resource, object, isDry }: Write): Answer {
  if (isDry) return ok(object);
  store.remove(resource, object);
  if (resource !== "pods") return ok(object);
  const { namespace = "", name } = object.metadata;
  const killing = { type: "Normal", reason: "Killing", component: "kubelet" } as const;
  recordEvent(store, { ...killing, about: object, message: `Stopping pod ${name}`, atMs: Date.now() });
  const owner = listAt(object, "metadata.ownerReferences").find((entry) => at(entry, "kind") === "ReplicaSet");
  const set = store.get("replicasets", namespace, textAt(owner, "name"));
  const [deployment] = listAt(set, "metadata.ownerReferences").filter(isFields);
  if (deployment !== undefined) controller.reconcile(namespace, textAt(deployment, "name"));
  return ok(object);
}

const texts = (fields: Fields): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
