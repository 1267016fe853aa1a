// The kubectl toolset's reads: typed arguments → one kubectl argv each. The grammar reads that argv like any other.
import * as z from "zod";
import { namespace, objectName, resourceType, selector } from "./fields.ts";
import { argv, flag } from "./kubectl-argv.ts";
import { defineTool, readHints } from "./tool.ts";

export const kubectlGet = defineTool({
  name: "kubectl_get",
  toolset: "kubectl",
  title: "List or get Kubernetes objects",
  description:
    "Lists objects of one resource type, or gets one by name, in one namespace. Start with output table; json and yaml are long. Secrets cannot be read.",
  annotations: readHints,
  schema: z.strictObject({
    resource: resourceType.describe("e.g. pods, po, deployments.apps"),
    name: objectName.optional().describe("Leave out to list"),
    namespace: namespace.optional(),
    selector: selector.optional().describe("e.g. app=web,tier!=cache"),
    field_selector: selector.optional().describe("e.g. status.phase!=Running"),
    output: z.enum(["table", "wide", "json", "yaml", "name"]).optional().describe("Default: table"),
    jsonpath: z.string().min(1).max(2048).optional().describe("Instead of output, e.g. {.items[*].metadata.name}"),
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
  description: "Shows one object in words, with its recent events.",
  annotations: readHints,
  schema: z.strictObject({
    resource: resourceType.describe("e.g. pod, deployment, node"),
    name: objectName,
    namespace: namespace.optional(),
  }),
  draft: (input) => argv("describe", input.resource, input.name, flag("namespace", input.namespace)),
});

export const kubectlLogs = defineTool({
  name: "kubectl_logs",
  toolset: "kubectl",
  title: "Read a pod's log",
  description:
    "Prints the last lines of one pod's log. For a crash-looping container set previous. Filter with cli_tool.",
  annotations: readHints,
  schema: z.strictObject({
    name: objectName,
    namespace: namespace.optional(),
    container: objectName.optional().describe("When the pod has several"),
    previous: z.boolean().optional().describe("Of the previous run"),
    tail: z.int().min(1).max(2000).optional().describe("Lines from the end"),
    since: z
      .string()
      .regex(/^[1-9][0-9]{0,5}[smh]$/, "must be a duration such as 10m or 2h")
      .optional()
      .describe("Newer than, e.g. 10m"),
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

export const kubectlEvents = defineTool({
  name: "kubectl_events",
  toolset: "kubectl",
  title: "List recent events",
  description: "Lists the namespace's events, or those about one object: why pods do not start or stay up.",
  annotations: readHints,
  schema: z
    .strictObject({
      resource: resourceType.optional().describe("Type of name; default: pod"),
      name: objectName.optional().describe("About one object"),
      namespace: namespace.optional(),
    })
    .refine((input) => input.resource === undefined || input.name !== undefined, {
      path: ["name"],
      message: "name the object too, or leave `resource` out",
    }),
  draft: (input) =>
    argv(
      "events",
      flag("namespace", input.namespace),
      flag("for", input.name === undefined ? undefined : `${input.resource ?? "pod"}/${input.name}`),
    ),
});

export const kubectlTop = defineTool({
  name: "kubectl_top",
  toolset: "kubectl",
  title: "Show CPU and memory in use",
  description: "Shows what pods or nodes use right now. It needs the cluster's metrics server.",
  annotations: readHints,
  schema: z.strictObject({
    resource: z.enum(["pods", "nodes"]),
    name: objectName.optional().describe("Leave out for all"),
    namespace: namespace.optional(),
    selector: selector.optional().describe("Not with name"),
  }),
  draft: (input) =>
    argv("top", input.resource, input.name ?? [], flag("namespace", input.namespace), flag("selector", input.selector)),
});

const workload = {
  resource: resourceType.describe("e.g. deployment"),
  name: objectName,
  namespace: namespace.optional(),
};

export const kubectlRolloutStatus = defineTool({
  name: "kubectl_rollout_status",
  toolset: "kubectl",
  title: "Look at a rollout",
  description: "Says whether a workload's latest change has reached all its pods. Waits up to 25 s.",
  annotations: readHints,
  schema: z.strictObject(workload),
  draft: (input) => argv("rollout", "status", input.resource, input.name, flag("namespace", input.namespace)),
});

export const kubectlRolloutHistory = defineTool({
  name: "kubectl_rollout_history",
  toolset: "kubectl",
  title: "List a workload's revisions",
  description: "Lists the revisions for kubectl_rollout_undo.",
  annotations: readHints,
  schema: z.strictObject(workload),
  draft: (input) => argv("rollout", "history", input.resource, input.name, flag("namespace", input.namespace)),
});
