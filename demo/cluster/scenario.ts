// What is in the simulated cluster when it starts: `web` is healthy, `checkout` crash-loops. Used by main.ts only.
import { randomBytes } from "node:crypto";
import { recordEvent } from "./events.ts";
import { suffix } from "./names.ts";
import { named, node, service } from "./objects.ts";
import { crashLoopingPod, runningPod, startingPod } from "./pods.ts";
import { withProgress } from "./progress.ts";
import { ensureReplicaSet, withCounts } from "./replica-sets.ts";
import type { Store } from "./store.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const restarts = 7;

/** Fills an empty store; ages count back from `nowMs`. */
export function seed(store: Store, nowMs: number): void {
  const clusterMs = nowMs - 41 * day;
  for (const name of ["default", "kube-system"]) {
    store.put("namespaces", { ...named("v1", "Namespace", name, clusterMs), status: { phase: "Active" } });
  }
  store.put("nodes", node(clusterMs));
  store.put("services", service("kubernetes", 443, 1, clusterMs));
  store.put("services", service("web", 80, 21, clusterMs, { app: "web" }));
  store.put("services", service("checkout", 80, 42, clusterMs, { app: "checkout" }));
  store.put("services", service("checkout-db", 5432, 93, nowMs - 61 * minute, { app: "checkout-db" }));
  store.put("configmaps", {
    ...named("v1", "ConfigMap", "checkout-settings", clusterMs, "default"),
    data: { DB_HOST: "checkout-db", DB_POOL: "8" },
  });
  // Random, so that nothing in this file is a password, and whoever finds it in an answer has found a leak.
  store.put("secrets", {
    ...named("v1", "Secret", "checkout-db", clusterMs, "default"),
    type: "Opaque",
    data: { DB_PASSWORD: Buffer.from(randomBytes(18).toString("hex")).toString("base64") },
  });

  workload(store, { name: "web", replicas: 2, image: "example/web:3.2.0", createdMs: nowMs - 6 * day });
  workload(store, { name: "checkout", replicas: 1, image: "example/checkout:2.14.1", createdMs: nowMs - 6 * day });
  for (const pod of store.list("pods").filter(({ metadata }) => metadata.labels?.["app"] === "checkout")) {
    store.put("pods", crashLoopingPod(pod, restarts, nowMs - 2 * minute));
    const failing = { about: pod, component: "kubelet", firstMs: nowMs - 14 * minute };
    recordEvent(store, {
      ...failing,
      type: "Normal",
      reason: "Pulled",
      message: 'Container image "example/checkout:2.14.1" already present on machine',
      atMs: nowMs - 2 * minute,
      count: restarts,
    });
    recordEvent(store, {
      ...failing,
      type: "Warning",
      reason: "BackOff",
      message: `Back-off restarting failed container checkout in pod ${pod.metadata.name}_default(${pod.metadata.uid})`,
      atMs: nowMs - minute,
      count: 31,
    });
  }
  for (const { metadata } of store.list("deployments")) settle(store, metadata.name);
}

interface Workload {
  readonly name: string;
  readonly replicas: number;
  readonly image: string;
  readonly createdMs: number;
}

/** A deployment with its replica set and running pods. */
function workload(store: Store, { name, replicas, image, createdMs }: Workload): void {
  const labels = { app: name };
  const container = {
    name,
    image,
    ports: [{ containerPort: 8080, protocol: "TCP" }],
    env: [
      { name: "DB_HOST", valueFrom: { configMapKeyRef: { name: "checkout-settings", key: "DB_HOST" } } },
      { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "checkout-db", key: "DB_PASSWORD" } } },
    ].filter(() => name === "checkout"),
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    volumeMounts: [{ name: "cache", mountPath: `/var/cache/${name}` }],
  };
  const base = named("apps/v1", "Deployment", name, createdMs, "default", labels);
  const deployment = store.put("deployments", {
    ...base,
    metadata: { ...base.metadata, generation: 1 },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: {
        metadata: { labels },
        // The volume outlives the container but not the pod: that is why only a new pod repairs checkout.
        spec: { containers: [container], volumes: [{ name: "cache", emptyDir: {} }], restartPolicy: "Always" },
      },
    },
  });
  const owner = ensureReplicaSet(store, deployment, createdMs);
  for (let serial = 1; serial <= replicas; serial += 1) {
    const podName = `${owner.metadata.name}-${suffix(`${name} ${serial}`, 5)}`;
    const pod = startingPod({ name: podName, owner, createdMs, serial: store.list("pods").length });
    store.put("pods", runningPod(pod, createdMs));
  }
}

function settle(store: Store, name: string): void {
  const deployment = store.get("deployments", "default", name);
  if (deployment === undefined) return;
  const current = ensureReplicaSet(store, deployment);
  store.put("replicasets", withCounts(store, current));
  store.put("deployments", withProgress(store, deployment, current));
}
