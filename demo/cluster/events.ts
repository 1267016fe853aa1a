// Events of the simulated cluster: one record per thing that happened to an object. Used by controller and scenario.
import { timestamp, uidOf } from "./names.ts";
import type { KubernetesObject, Store } from "./store.ts";

export interface Happening {
  readonly about: KubernetesObject;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  readonly atMs: number;
  /** How often it happened since `firstMs`. */
  readonly count?: number;
  readonly firstMs?: number;
}

export function recordEvent(store: Store, { about, atMs, count = 1, firstMs = atMs, ...happening }: Happening): void {
  const { name, namespace = "default", uid } = about.metadata;
  const eventName = `${name}.${(store.version + 1).toString(16).padStart(16, "0")}`;
  store.put("events", {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: eventName, namespace, uid: uidOf(`event ${eventName}`), creationTimestamp: timestamp(firstMs) },
    involvedObject: { kind: about.kind, apiVersion: about.apiVersion, namespace, name, uid },
    type: happening.type,
    reason: happening.reason,
    message: happening.message,
    source: { component: happening.component },
    reportingComponent: happening.component,
    reportingInstance: "",
    firstTimestamp: timestamp(firstMs),
    lastTimestamp: timestamp(atMs),
    eventTime: null,
    count,
  });
}
