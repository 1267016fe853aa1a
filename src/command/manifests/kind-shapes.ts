// The kinds whose every field is known, by group and kind. Other kinds are read by guess-facts.ts.
import { podSpec, podTemplate } from "./pod-shape.ts";
import { boolean, fields, list, plain, type Shape, text, textual } from "./shape.ts";
import { claimSpec, labelsOnly } from "./volume-shape.ts";

const replicas: Shape = { kind: "integer", says: (found, value) => void found.replicas.push(value) };
const template = { template: podTemplate };

const jobSpec = fields(
  "completions completionMode backoffLimit backoffLimitPerIndex maxFailedIndexes activeDeadlineSeconds ttlSecondsAfterFinished suspend selector manualSelector podFailurePolicy successPolicy podReplacementPolicy",
  { ...template, parallelism: replicas },
);

/** Under `spec`. */
const specs: Readonly<Record<string, Shape>> = {
  "apps/Deployment": fields("selector strategy minReadySeconds revisionHistoryLimit progressDeadlineSeconds paused", {
    ...template,
    replicas,
  }),
  "apps/StatefulSet": fields(
    "selector serviceName podManagementPolicy updateStrategy minReadySeconds revisionHistoryLimit ordinals",
    {
      ...template,
      replicas,
      volumeClaimTemplates: list(fields("apiVersion kind status", { metadata: labelsOnly, spec: claimSpec })),
    },
  ),
  "apps/DaemonSet": fields("selector updateStrategy minReadySeconds revisionHistoryLimit", template),
  "apps/ReplicaSet": fields("selector minReadySeconds", { ...template, replicas }),
  "batch/Job": jobSpec,
  "batch/CronJob": fields(
    "schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend successfulJobsHistoryLimit failedJobsHistoryLimit",
    { jobTemplate: fields("", { metadata: labelsOnly, spec: jobSpec }) },
  ),
  "/Pod": podSpec,
  // A Service that leaves the cluster, or takes addresses of others (CVE-2020-8554), is not understood.
  "/Service": fields(
    "selector clusterIP clusterIPs sessionAffinity sessionAffinityConfig ipFamilies ipFamilyPolicy internalTrafficPolicy publishNotReadyAddresses trafficDistribution",
    {
      type: { kind: "choice", values: ["ClusterIP"] },
      ports: list(fields("name port targetPort protocol appProtocol")),
    },
  ),
  "autoscaling/HorizontalPodAutoscaler": fields("metrics behavior targetCPUUtilizationPercentage", {
    scaleTargetRef: fields("apiVersion", { kind: text, name: text }),
    minReplicas: { kind: "integer", min: 1 },
    maxReplicas: replicas,
  }),
  "policy/PodDisruptionBudget": fields("minAvailable maxUnavailable selector unhealthyPodEvictionPolicy"),
};

const head = { apiVersion: text, kind: text, metadata: plain };

/** Whole documents; `status` is the API server's, which drops it. */
export const kindShapes: ReadonlyMap<string, Shape> = new Map([
  ...Object.entries(specs).map(([kind, spec]): [string, Shape] => [kind, fields("status", { ...head, spec })]),
  ["/ConfigMap", fields("", { ...head, data: textual, binaryData: textual, immutable: boolean })],
]);
