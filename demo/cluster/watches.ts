// Watch requests: changes as they happen, with streaming lists as client-go asks for them first. Used by api.ts.
import type { Watch, WatchLine } from "./answers.ts";
import { groupVersionOf, type Resource } from "./discovery.ts";
import type { Filter } from "./selectors.ts";
import type { Change, KubernetesObject, Store } from "./store.ts";

/** Changes of what `filter` takes, after the resource version that the query names. */
export function watchOf(
  store: Store,
  resource: Resource,
  namespace: string | undefined,
  filter: Filter,
  query: URLSearchParams,
): Watch {
  const isWanted = (object: KubernetesObject): boolean =>
    (namespace === undefined || object.metadata.namespace === namespace) && filter(object);
  const sendsInitial = query.get("sendInitialEvents") === "true";
  const since = Number(query.get("resourceVersion") ?? 0);
  return {
    timeoutMs: Math.min(Number(query.get("timeoutSeconds") ?? 300), 300) * 1000,
    start: (sendLine) => {
      const send = (line: WatchLine): void => sendLine(line);
      if (sendsInitial || since === 0) {
        for (const object of store.list(resource.name).filter(isWanted)) send({ type: "ADDED", object });
      }
      if (sendsInitial) send({ type: "BOOKMARK", object: initialEnd(resource, store.version) });
      return store.watch(sendsInitial || since === 0 ? store.version : since, (change: Change) => {
        if (change.resource === resource.name && isWanted(change.object)) send(change);
      });
    },
  };
}

/** Tells a client of streaming lists that it has seen all there was. */
function initialEnd(resource: Resource, version: number): object {
  return {
    kind: resource.kind,
    apiVersion: groupVersionOf(resource),
    metadata: { resourceVersion: String(version), annotations: { "k8s.io/initial-events-end": "true" } },
  };
}
