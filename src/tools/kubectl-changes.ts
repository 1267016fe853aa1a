// The kubectl toolset's changes: one named object each, and one manifest. Policy says which need an approver.
import * as z from "zod";
import { dryRun, namespace, objectName, reason, resourceType } from "./fields.ts";
import { argv, change, flag, serverDryRun } from "./kubectl-argv.ts";
import { changeHints, defineTool } from "./tool.ts";

export const kubectlRolloutRestart = defineTool({
  name: "kubectl_rollout_restart",
  toolset: "kubectl",
  title: "Restart one workload",
  description:
    "Restarts one Deployment, StatefulSet or DaemonSet by a rolling update. It returns at once: look at the pods afterwards.",
  annotations: changeHints,
  schema: z.strictObject({
    resource: resourceType.describe("deployment, statefulset or daemonset"),
    name: objectName,
    namespace: namespace.optional(),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) =>
    change(argv("rollout", "restart", input.resource, input.name, flag("namespace", input.namespace)), input),
});

export const kubectlRolloutUndo = defineTool({
  name: "kubectl_rollout_undo",
  toolset: "kubectl",
  title: "Go back to an earlier revision",
  description:
    "Returns one workload to its previous revision, or to one of kubectl_rollout_history. What Flux keeps is better reverted in Git.",
  annotations: changeHints,
  schema: z.strictObject({
    resource: resourceType.describe("deployment, statefulset or daemonset"),
    name: objectName,
    namespace: namespace.optional(),
    to_revision: z.int().min(1).max(1_000_000).optional().describe("Revision number; default: the previous one"),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) =>
    change(
      argv(
        "rollout",
        "undo",
        input.resource,
        input.name,
        flag("namespace", input.namespace),
        flag("to-revision", input.to_revision),
        serverDryRun(input),
      ),
      input,
    ),
});

export const kubectlScale = defineTool({
  name: "kubectl_scale",
  toolset: "kubectl",
  title: "Scale one workload",
  description:
    "Sets the number of replicas of one Deployment or StatefulSet. An autoscaler (kubectl_get hpa) would set it back.",
  annotations: { ...changeHints, idempotentHint: true },
  schema: z.strictObject({
    resource: resourceType.describe("deployment or statefulset"),
    name: objectName,
    replicas: z.int().min(0).max(1_000_000).describe("How many pods it shall have; at least 1"),
    namespace: namespace.optional(),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) =>
    change(
      argv(
        "scale",
        input.resource,
        input.name,
        flag("namespace", input.namespace),
        flag("replicas", input.replicas),
        serverDryRun(input),
      ),
      input,
    ),
});

export const kubectlApply = defineTool({
  name: "kubectl_apply",
  toolset: "kubectl",
  title: "Apply one manifest",
  description:
    "Creates or changes one Deployment, StatefulSet, ConfigMap, Service, HPA or PDB. The manifest may name no Secret, service account or part of the host. What Flux or Helm keep is changed in Git.",
  annotations: { ...changeHints, idempotentHint: true },
  schema: z.strictObject({
    manifest: z
      .string()
      .min(1)
      .max(64 * 1024)
      .describe("The whole object, YAML or JSON, one document"),
    namespace: namespace.optional(),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) => {
    const words = ["kubectl", "apply", "--filename=-", ...flag("namespace", input.namespace), ...serverDryRun(input)];
    return change({ action: "command", steps: [{ argv: words, stdin: input.manifest }] }, input);
  },
});

export const kubectlDeletePod = defineTool({
  name: "kubectl_delete_pod",
  toolset: "kubectl",
  title: "Delete one pod",
  description:
    "Deletes one pod by name; its controller makes a new one. Returns without waiting for the old one to end.",
  annotations: changeHints,
  schema: z.strictObject({
    name: objectName,
    namespace: namespace.optional(),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) =>
    change(argv("delete", "pod", input.name, flag("namespace", input.namespace), serverDryRun(input)), input),
});
