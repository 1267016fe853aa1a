// Objects of the simulated cluster that nothing changes: services, the node, and what all objects begin with. Used by scenario.ts.
import { timestamp, uidOf } from "./names.ts";
import { nodeName } from "./pods.ts";
import type { KubernetesObject } from "./store.ts";

/** A ClusterIP service at 10.96.0.`host`. */
export function service(
  name: string,
  port: number,
  host: number,
  createdMs: number,
  selector?: Readonly<Record<string, string>>,
): KubernetesObject {
  return {
    ...named("v1", "Service", name, createdMs, "default"),
    spec: {
      type: "ClusterIP",
      clusterIP: `10.96.0.${host}`,
      clusterIPs: [`10.96.0.${host}`],
      ports: [{ port, targetPort: port, protocol: "TCP" }],
      ...(selector === undefined ? {} : { selector }),
    },
  };
}

/** The one node; it has room. */
export function node(createdMs: number): KubernetesObject {
  const time = timestamp(createdMs);
  const ready = { type: "Ready", status: "True", reason: "KubeletReady", message: "the simulated node is ready" };
  return {
    ...named("v1", "Node", nodeName, createdMs),
    spec: {},
    status: {
      capacity: { cpu: "4", memory: "8Gi", pods: "110" },
      allocatable: { cpu: "4", memory: "8Gi", pods: "110" },
      addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
      conditions: [{ ...ready, lastHeartbeatTime: time, lastTransitionTime: time }],
      nodeInfo: {
        kubeletVersion: "v1.35.2+simulated",
        osImage: "simulated",
        kernelVersion: "simulated",
        containerRuntimeVersion: "simulated://1",
        architecture: "amd64",
        operatingSystem: "linux",
      },
    },
  };
}

/** What every object starts with; cluster-wide without a namespace. */
export function named(
  apiVersion: string,
  kind: string,
  name: string,
  createdMs: number,
  namespace?: string,
  labels: Readonly<Record<string, string>> = {},
): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: uidOf(`${kind} ${name}`),
      creationTimestamp: timestamp(createdMs),
      labels,
    },
  };
}
