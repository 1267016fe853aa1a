// Pods of the simulated cluster: made from a template, then starting, running or crash-looping. Used by controller and scenario.
import { fieldsAt, type Fields, isFields, listAt, textAt } from "./fields.ts";
import { timestamp, uidOf } from "./names.ts";
import type { KubernetesObject } from "./store.ts";

export const nodeName = "simulated-node-1";

export interface PodRequest {
  readonly name: string;
  readonly owner: KubernetesObject;
  readonly createdMs: number;
  /** Tells one address from the next. */
  readonly serial: number;
}

/** A pod of the owner's template that is being started. */
export function startingPod({ name, owner, createdMs, serial }: PodRequest): KubernetesObject {
  const time = timestamp(createdMs);
  const { name: ownerName, uid, namespace = "default" } = owner.metadata;
  const template = fieldsAt(owner, "spec.template");
  const podIP = `10.244.0.${10 + (serial % 240)}`;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...fieldsAt(template, "metadata"),
      name,
      generateName: `${ownerName}-`,
      namespace,
      uid: uidOf(`pod ${name} ${createdMs}`),
      creationTimestamp: time,
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "ReplicaSet", name: ownerName, uid, controller: true, blockOwnerDeletion: true },
      ],
    },
    spec: { nodeName, ...fieldsAt(template, "spec") },
    status: { hostIP: "10.0.0.1", podIP, podIPs: [{ ip: podIP }], startTime: time, qosClass: "Burstable" },
  };
  return withStatus(pod, time, "Pending", {
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason: "ContainerCreating" } },
    lastState: {},
  });
}

export function runningPod(pod: KubernetesObject, sinceMs: number): KubernetesObject {
  const time = timestamp(sinceMs);
  return withStatus(pod, time, "Running", {
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: time } },
    lastState: {},
  });
}

/** Its container ended with exit code 1 again at `endedMs` and waits to be started once more. */
export function crashLoopingPod(pod: KubernetesObject, restarts: number, endedMs: number): KubernetesObject {
  const { name, namespace = "default", uid } = pod.metadata;
  const container = textAt(listAt(pod, "spec.containers")[0], "name");
  const who = `failed container=${container} pod=${name}_${namespace}(${uid})`;
  const last = { exitCode: 1, reason: "Error", startedAt: timestamp(endedMs - 12_000), finishedAt: timestamp(endedMs) };
  return withStatus(pod, timestamp(endedMs), "Running", {
    ready: false,
    started: false,
    restartCount: restarts,
    state: { waiting: { reason: "CrashLoopBackOff", message: `back-off 5m0s restarting ${who}` } },
    lastState: { terminated: last },
  });
}

function withStatus(pod: KubernetesObject, time: string, phase: string, container: Fields): KubernetesObject {
  const ready = container["ready"] === true ? "True" : "False";
  const condition = (type: string, status: string) => ({ type, status, lastProbeTime: null, lastTransitionTime: time });
  const statuses = listAt(pod, "spec.containers")
    .filter(isFields)
    .map(({ name, image }) => ({ name, image, imageID: "", ...container }));
  return {
    ...pod,
    status: {
      ...fieldsAt(pod, "status"),
      phase,
      conditions: [
        condition("Initialized", "True"),
        condition("Ready", ready),
        condition("ContainersReady", ready),
        condition("PodScheduled", "True"),
      ],
      containerStatuses: statuses,
    },
  };
}
