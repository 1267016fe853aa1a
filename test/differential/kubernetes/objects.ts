// Objects that the recording API makes up: of any kind, under any name, whole enough for kubectl to describe, to restart and
// to follow. All share one uid, so that whatever asks for owners finds some.
import type { ResourceKind } from "../../../src/domain/command.ts";
import { groupVersionOf } from "./discovery.ts";

const uid = "11111111-1111-1111-1111-111111111111";
const labels = { app: "web" };
const container = { name: "web", image: "web:1" };
const template = { metadata: { labels }, spec: { containers: [container] } };
const running = { replicas: 1, selector: { matchLabels: labels }, template };
const done = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
const patch = { spec: { template: { ...template, $patch: "replace" } } };

/** Enough for every kind of Flux. */
const reconciled = {
  spec: {
    interval: "1m",
    url: "https://example.org/r",
    path: "./",
    sourceRef: { kind: "GitRepository", name: "web" },
    chart: { spec: { chart: "web", sourceRef: { kind: "HelmRepository", name: "web" } } },
    imageRepositoryRef: { name: "web" },
  },
  status: {
    observedGeneration: 1,
    conditions: [
      { type: "Ready", status: "True", reason: "Stub", message: "stub", lastTransitionTime: "2026-01-01T00:00:00Z" },
    ],
  },
};

/** What a kind has besides its metadata; `turn` tells the items of a list apart. */
function bodyOf({ group, resource }: ResourceKind, turn: number): Readonly<Record<string, unknown>> {
  if (group === "metrics.k8s.io") {
    const usage = { cpu: "5m", memory: "10Mi" };
    return { timestamp: "2026-01-01T00:00:00Z", window: "30s", usage, containers: [{ name: "web", usage }] };
  }
  if (resource === "helmcharts") return { ...reconciled, spec: { ...reconciled.spec, chart: "web" } };
  if (group.endsWith(".fluxcd.io")) return reconciled;
  switch (resource) {
    case "pods":
      return {
        spec: { containers: [container], nodeName: "n1" },
        status: {
          phase: "Running",
          containerStatuses: [{ name: "web", ready: true, restartCount: 0, state: { running: {} } }],
        },
      };
    case "deployments":
      return { spec: { ...running, strategy: { type: "RollingUpdate" } }, status: done };
    case "daemonsets":
      return {
        spec: { ...running, updateStrategy: { type: "RollingUpdate" } },
        status: { observedGeneration: 1, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 },
      };
    case "statefulsets":
      return {
        spec: { ...running, updateStrategy: { type: "RollingUpdate" }, serviceName: "web" },
        status: { ...done, currentRevision: "a", updateRevision: "a" },
      };
    case "replicasets":
      return { spec: running, status: done };
    case "replicationcontrollers":
      return { spec: { ...running, selector: labels }, status: done };
    case "controllerrevisions":
      return { revision: turn + 1, data: patch };
    case "services":
      return { spec: { selector: labels, ports: [{ port: 80 }] } };
    case "events":
      return { involvedObject: { kind: "Pod", name: "web-1" }, reason: "Stub", message: "stub", type: "Normal" };
    case "jobs":
      return { spec: { selector: { matchLabels: labels }, template }, status: {} };
    case "cronjobs":
      return { spec: { schedule: "* * * * *", jobTemplate: { spec: { template } } } };
    case "secrets":
      return { type: "Opaque", data: { a: "Yg==" } };
    default:
      return {};
  }
}

export const objectOf = (kind: ResourceKind, name: string, namespace: string | undefined, turn = 0) => ({
  apiVersion: groupVersionOf(kind),
  kind: kind.kind,
  metadata: {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion: "1",
    generation: 1,
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels,
    annotations: { "deployment.kubernetes.io/revision": String(turn + 1) },
    ...(/^(?:replicasets|controllerrevisions)$/.test(kind.resource)
      ? { ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", uid, controller: true }] }
      : {}),
  },
  ...bodyOf(kind, turn),
});

export const scaleOf = (name: string, namespace: string | undefined) => ({
  apiVersion: "autoscaling/v1",
  kind: "Scale",
  metadata: { name, namespace, uid, resourceVersion: "1" },
  spec: { replicas: 1 },
  status: { replicas: 1, selector: "app=web" },
});
