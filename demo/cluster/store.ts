// The objects of the simulated cluster, in memory, with resource versions and watches. Used by its API and its controller.
import type { Fields } from "./fields.ts";

export interface Metadata extends Fields {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly creationTimestamp: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A Kubernetes object. Never changed in place: `put` stores a new one. */
export interface KubernetesObject extends Fields {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: string;
  readonly version: number;
  readonly object: KubernetesObject;
}

export interface Store {
  /** The version of the last change. */
  readonly version: number;
  get(resource: string, namespace: string | undefined, name: string): KubernetesObject | undefined;
  /** In the order of creation; without a namespace those of all. */
  list(resource: string, namespace?: string): readonly KubernetesObject[];
  /** Adds or replaces; answers the object with its new `resourceVersion`. */
  put(resource: string, object: KubernetesObject): KubernetesObject;
  remove(resource: string, object: KubernetesObject): void;
  /** Tells the changes after `since` that are still remembered, then each new one, until the answer is called. */
  watch(since: number, listener: (change: Change) => void): () => void;
}

/** Changes that a late watcher can still be told. */
const rememberedChanges = 1000;

/** Events kept; older ones are forgotten, as a real cluster does after an hour. */
const keptEvents = 200;

export function createStore(): Store {
  const byResource = new Map<string, Map<string, KubernetesObject>>();
  const history: Change[] = [];
  const listeners = new Set<(change: Change) => void>();
  let version = 1000;

  const objectsOf = (resource: string): Map<string, KubernetesObject> => {
    const found = byResource.get(resource) ?? new Map<string, KubernetesObject>();
    byResource.set(resource, found);
    return found;
  };
  const tell = (type: Change["type"], resource: string, object: KubernetesObject): KubernetesObject => {
    version += 1;
    const versioned = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    const change = { type, resource, version, object: versioned };
    history.push(change);
    if (history.length > rememberedChanges) history.shift();
    for (const listener of listeners) listener(change);
    return versioned;
  };
  const store: Store = {
    get version() {
      return version;
    },
    get: (resource, namespace, name) => byResource.get(resource)?.get(keyOf(namespace, name)),
    list: (resource, namespace) => {
      const all = [...(byResource.get(resource)?.values() ?? [])];
      return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
    },
    put: (resource, object) => {
      const objects = objectsOf(resource);
      const key = keyOf(object.metadata.namespace, object.metadata.name);
      const versioned = tell(objects.has(key) ? "MODIFIED" : "ADDED", resource, object);
      objects.set(key, versioned);
      const oldest = resource === "events" && objects.size > keptEvents ? [...objects.values()][0] : undefined;
      if (oldest !== undefined) store.remove(resource, oldest);
      return versioned;
    },
    remove: (resource, object) => {
      if (objectsOf(resource).delete(keyOf(object.metadata.namespace, object.metadata.name))) {
        tell("DELETED", resource, object);
      }
    },
    watch: (since, listener) => {
      for (const change of history.filter((change) => change.version > since)) listener(change);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return store;
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ""}/${name}`;
