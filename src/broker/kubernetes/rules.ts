// What each verb of kubectl, helm and flux sends to the API server beyond reading what its model names. Data for check.ts, written
// from what the programs were seen to send and from their sources; it knows nothing of grammars and policies.
import type { Operation } from "./operation.ts";

export interface Rule {
  /** Changes of the named objects themselves. */
  readonly changes?: readonly Operation[];
  /** The one subresource it uses, and how; the object itself is then only read. */
  readonly subresource?: { readonly name: "log" | "scale"; readonly operations: readonly Operation[] };
  /** Kinds, as `resource` or `resource.group`, that it reads beside each named object, in its namespace. */
  readonly beside?: readonly string[];
  /** It waits for what it named, or for the hooks of its release. */
  readonly watches?: true;
  /** Reviews about the caller itself that it creates. */
  readonly reviews?: readonly string[];
  /** Kinds that it patches besides, where the model lists them as read besides (flux reconcile --with-source). */
  readonly patchesBeside?: readonly string[];
  /** It changes what its release consists of (helm rollback). */
  readonly changesRelease?: true;
}

const history = ["replicasets.apps", "controllerrevisions.apps", "pods"];
const owners = [
  "replicasets.apps",
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "jobs.batch",
  "cronjobs.batch",
];
const sources = ["gitrepositories", "ocirepositories", "buckets", "helmrepositories", "helmcharts"];
const patch: Rule = { changes: ["patch"] };
const reads: Rule = {};

/** `binary verb` → rule. A verb that is missing here reaches nothing but discovery. */
export const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["kubectl get", reads],
  ["kubectl describe", reads],
  ["kubectl top", reads],
  ["kubectl events", reads],
  ["kubectl logs", { subresource: { name: "log", operations: ["get"] } }],
  ["kubectl rollout status", { beside: history, watches: true }],
  ["kubectl rollout history", { beside: history }],
  ["kubectl rollout undo", { beside: history, changes: ["patch"] }],
  ["kubectl rollout restart", patch],
  ["kubectl scale", { subresource: { name: "scale", operations: ["get", "patch", "update"] } }],
  ["kubectl delete", { changes: ["delete"] }],
  ["kubectl apply", { changes: ["create", "patch"] }],
  ["kubectl set image", patch],
  ["kubectl label", patch],
  ["kubectl annotate", patch],
  ["kubectl cordon", patch],
  ["kubectl uncordon", patch],
  ["kubectl auth can-i", { reviews: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"] }],
  ["kubectl auth whoami", { reviews: ["selfsubjectreviews"] }],
  ["helm list", reads],
  ["helm status", reads],
  ["helm history", reads],
  ["helm get notes", reads],
  ["helm rollback", { watches: true, changesRelease: true }],
  ["flux get", reads],
  ["flux stats", reads],
  ["flux tree", reads],
  ["flux trace", { beside: owners }],
  ["flux events", reads],
  ["flux logs", { subresource: { name: "log", operations: ["get"] } }],
  ["flux check", reads],
  ["flux version", reads],
  ["flux suspend", patch],
  ["flux resume", patch],
  [
    "flux reconcile",
    { changes: ["patch"], patchesBeside: sources.map((resource) => `${resource}.source.toolkit.fluxcd.io`) },
  ],
]);
