// Server-side tables: what `kubectl get` prints. Columns as the real API server names them. Used by the simulated API.
import { age } from "./age.ts";
import { at, fieldsAt, listAt, numberAt, textAt } from "./fields.ts";
import { podSummary } from "./pod-summary.ts";
import type { KubernetesObject } from "./store.ts";

type Cell = string | number;
/** `wide` columns are shown with `-o wide` only. */
type Column = readonly [name: string, cell: (object: KubernetesObject) => Cell, wide?: "wide"];

const name: Column = ["Name", (object) => object.metadata.name];
const created: Column = ["Age", (object) => age(object.metadata.creationTimestamp)];
const containers: readonly Column[] = [
  ["Containers", (object) => containersOf(object, "name"), "wide"],
  ["Images", (object) => containersOf(object, "image"), "wide"],
  ["Selector", (object) => pairs(fieldsAt(object, "spec.selector.matchLabels")), "wide"],
];

const columnsOf: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    name,
    ["Ready", (pod) => podSummary(pod).ready],
    ["Status", (pod) => podSummary(pod).status],
    ["Restarts", (pod) => podSummary(pod).restarts],
    created,
    ["IP", (pod) => textAt(pod, "status.podIP") || "<none>", "wide"],
    ["Node", (pod) => textAt(pod, "spec.nodeName") || "<none>", "wide"],
    ["Nominated Node", () => "<none>", "wide"],
    ["Readiness Gates", () => "<none>", "wide"],
  ],
  deployments: [
    name,
    ["Ready", (object) => `${numberAt(object, "status.readyReplicas")}/${numberAt(object, "spec.replicas")}`],
    ["Up-to-date", (object) => numberAt(object, "status.updatedReplicas")],
    ["Available", (object) => numberAt(object, "status.availableReplicas")],
    created,
    ...containers,
  ],
  replicasets: [
    name,
    ["Desired", (object) => numberAt(object, "spec.replicas")],
    ["Current", (object) => numberAt(object, "status.replicas")],
    ["Ready", (object) => numberAt(object, "status.readyReplicas")],
    created,
    ...containers,
  ],
  services: [
    name,
    ["Type", (object) => textAt(object, "spec.type")],
    ["Cluster-IP", (object) => textAt(object, "spec.clusterIP")],
    ["External-IP", () => "<none>"],
    ["Port(s)", (object) => listAt(object, "spec.ports").map(portText).join(",")],
    created,
    ["Selector", (object) => pairs(fieldsAt(object, "spec.selector")), "wide"],
  ],
  events: [
    ["Last Seen", (event) => age(textAt(event, "lastTimestamp"))],
    ["Type", (event) => textAt(event, "type")],
    ["Reason", (event) => textAt(event, "reason")],
    ["Object", involved],
    ["Subobject", (event) => textAt(event, "involvedObject.fieldPath"), "wide"],
    ["Source", (event) => textAt(event, "source.component"), "wide"],
    ["Message", (event) => textAt(event, "message")],
    ["First Seen", (event) => age(textAt(event, "firstTimestamp")), "wide"],
    ["Count", (event) => numberAt(event, "count"), "wide"],
    ["Name", (event) => event.metadata.name, "wide"],
  ],
  namespaces: [name, ["Status", (object) => textAt(object, "status.phase")], created],
  nodes: [
    name,
    ["Status", () => "Ready"],
    ["Roles", () => "<none>"],
    created,
    ["Version", (node) => textAt(node, "status.nodeInfo.kubeletVersion")],
    ["Internal-IP", (node) => textAt(listAt(node, "status.addresses")[0], "address"), "wide"],
    ["OS-Image", (node) => textAt(node, "status.nodeInfo.osImage"), "wide"],
    ["Container-Runtime", (node) => textAt(node, "status.nodeInfo.containerRuntimeVersion"), "wide"],
  ],
  secrets: [name, ["Type", (object) => textAt(object, "type")], ["Data", countOfData], created],
  configmaps: [name, ["Data", countOfData], created],
};

/** `include`: what each row carries of its object, as the request asks. */
export function toTable(resource: string, objects: readonly KubernetesObject[], version: number, include: string) {
  const columns = columnsOf[resource] ?? [name, created];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: { resourceVersion: String(version) },
    columnDefinitions: columns.map(([title, , wide], index) => ({
      name: title,
      type:
        typeof objects[0] === "object" && typeof columns[index]?.[1](objects[0]) === "number" ? "integer" : "string",
      format: title === "Name" ? "name" : "",
      description: title,
      priority: wide === undefined ? 0 : 1,
    })),
    rows: objects.map((object) => ({ cells: columns.map(([, cell]) => cell(object)), ...attachment(object, include) })),
  };
}

function attachment(object: KubernetesObject, include: string): object {
  if (include === "None") return {};
  if (include === "Object") return { object };
  const { metadata } = object;
  return { object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata } };
}

function involved(event: KubernetesObject): string {
  return `${textAt(event, "involvedObject.kind").toLowerCase()}/${textAt(event, "involvedObject.name")}`;
}

function countOfData(object: KubernetesObject): number {
  return Object.keys(fieldsAt(object, "data")).length;
}

const containersOf = (object: KubernetesObject, field: string): string =>
  listAt(object, "spec.template.spec.containers")
    .map((container) => textAt(container, field))
    .join(",");

const portText = (port: unknown): string => `${textAt(port, "port")}/${textAt(port, "protocol")}`;

const pairs = (labels: object): string =>
  Object.keys(labels)
    .map((key) => `${key}=${String(at(labels, key))}`)
    .join(",");
