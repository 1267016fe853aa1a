// The kubectl toolset: typed arguments → one kubectl argv each. The grammar reads that argv like any other.
import * as z from "zod";
import type { Draft } from "../domain/command.ts";
import { dryRun, namespace, objectName, reason, resourceType, selector } from "./fields.ts";
import { changed, changeHints, defineTool, readHints } from "./tool.ts";

const argv = (...parts: readonly (string | readonly string[])[]): Draft => ({
  action: "command",
  steps: [{ argv: ["kubectl", ...parts.flat()] }],
});

/** `--name=value` when there is a value, nothing otherwise. */
const flag = (name: string, value: string | number | boolean | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}=${value}`];

export const kubectlGet = defineTool({
  name: "kubectl_get",
  toolset: "kubectl",
  title: "List or get Kubernetes objects",
  description:
    "Lists objects of one resource type, or gets one by name, in one namespace. Start with output table; json and yaml are long. Secrets cannot be read.",
  annotations: readHints,
  schema: z.strictObject({
    resource: resourceType.describe("Resource type in any spelling: pods, po, deploy, deployments.apps"),
    name: objectName.optional().describe("One object's name; leave out to list"),
    namespace: namespace.optional(),
    selector: selector.optional().describe("Label selector, e.g. app=web,tier!=cache"),
    field_selector: selector.optional().describe("Field selector, e.g. status.phase!=Running"),
    output: z.enum(["table", "wide", "json", "yaml", "name"]).optional().describe("Default: table"),
    jsonpath: z
      .string()
      .min(1)
      .max(2048)
      .optional()
      .describe("JSONPath template instead of output, e.g. {.items[*].metadata.name}"),
  }),
  draft: (input) =>
    argv(
      "get",
      input.resource,
      input.name ?? [],
      flag("namespace", input.namespace),
      flag("selector", input.selector),
      flag("field-selector", input.field_selector),
      flag("output", outputOf(input)),
    ),
});

/** The template wins over `output`: it says more. */
function outputOf(input: { readonly output?: string | undefined; readonly jsonpath?: string | undefined }) {
  if (input.jsonpath !== undefined) return `jsonpath=${input.jsonpath}`;
  return input.output === "table" ? undefined : input.output;
}

export const kubectlDescribe = defineTool({
  name: "kubectl_describe",
  toolset: "kubectl",
  title: "Describe one Kubernetes object",
  description: "Shows one object in words, with its recent events. Good for finding out why a pod does not start.",
  annotations: readHints,
  schema: z.strictObject({
    resource: resourceType.describe("Resource type, e.g. pod, deployment, node"),
    name: objectName.describe("The object's name"),
    namespace: namespace.optional(),
  }),
  draft: (input) => argv("describe", input.resource, input.name, flag("namespace", input.namespace)),
});

export const kubectlLogs = defineTool({
  name: "kubectl_logs",
  toolset: "kubectl",
  title: "Read a pod's log",
  description:
    "Prints the last lines of one pod's log. For a crash-looping container set previous. To filter, use cli_tool with `kubectl logs … | grep …`.",
  annotations: readHints,
  schema: z.strictObject({
    name: objectName.describe("The pod's name"),
    namespace: namespace.optional(),
    container: objectName.optional().describe("Container, when the pod has several"),
    previous: z.boolean().optional().describe("The log of the container's previous run"),
    tail: z.int().min(1).max(2000).optional().describe("How many lines from the end"),
    since: z
      .string()
      .regex(/^[1-9][0-9]{0,5}[smh]$/, "must be a duration such as 10m or 2h")
      .optional()
      .describe("Only lines newer than this, e.g. 10m"),
  }),
  draft: (input) =>
    argv(
      "logs",
      input.name,
      flag("namespace", input.namespace),
      flag("container", input.container),
      flag("previous", input.previous === true ? true : undefined),
      flag("tail", input.tail),
      flag("since", input.since),
    ),
});

export const kubectlRolloutRestart = defineTool({
  name: "kubectl_rollout_restart",
  toolset: "kubectl",
  title: "Restart one workload",
  description:
    "Restarts one Deployment, StatefulSet or DaemonSet by a rolling update. It returns at once: look at the pods afterwards.",
  annotations: changeHints,
  schema: z.strictObject({
    resource: resourceType.describe("deployment, statefulset or daemonset"),
    name: objectName.describe("The workload's name"),
    namespace: namespace.optional(),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) =>
    changed(argv("rollout", "restart", input.resource, input.name, flag("namespace", input.namespace)), input),
});

export const kubectlDeletePod = defineTool({
  name: "kubectl_delete_pod",
  toolset: "kubectl",
  title: "Delete one pod",
  description:
    "Deletes one pod by name; its controller makes a new one. Returns without waiting for the old one to end.",
  annotations: changeHints,
  schema: z.strictObject({
    name: objectName.describe("The pod's name"),
    namespace: namespace.optional(),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) =>
    changed(
      argv(
        "delete",
        "pod",
        input.name,
        flag("namespace", input.namespace),
        flag("dry-run", input.dry_run === true ? "server" : undefined),
      ),
      input,
    ),
});
