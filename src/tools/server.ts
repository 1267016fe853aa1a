// The server toolset: questions about AI SRE itself, and about calls before they are made. They start no process of their own.
import * as z from "zod";
import { reason } from "./fields.ts";
import { changeHints, defineTool, readHints } from "./tool.ts";

export const healthCheck = defineTool({
  name: "health_check",
  toolset: "server",
  title: "Ask whether AI SRE is well",
  description: "Says whether AI SRE and its cluster answer, which mode it is in and which binaries it has.",
  annotations: readHints,
  schema: z.strictObject({}),
  draft: () => ({ action: "server", steps: [] }),
});

const toolName = z.string().min(1).max(40);
const toolArguments = z.record(z.string(), z.unknown());

export const runBatch = defineTool({
  name: "run_batch",
  toolset: "server",
  title: "Make several calls as one",
  description:
    "Makes calls one after the other under one approval: all are judged before the first runs. {{step.1.commit}} in a later call is what git_commit in step 1 committed.",
  annotations: { ...changeHints, openWorldHint: true },
  takesApproval: true,
  schema: z.strictObject({
    steps: z
      .array(z.strictObject({ tool_name: toolName, arguments: toolArguments }))
      .min(1)
      .max(20),
    stop_on_error: z.boolean().optional().describe("Default true"),
    reason,
  }),
  draft: ({ steps, stop_on_error, reason: said }) => ({
    action: "server",
    steps: [],
    batch: {
      calls: steps.map((step) => ({ tool: step.tool_name, arguments: step.arguments })),
      stopOnError: stop_on_error ?? true,
    },
    ...(said === undefined ? {} : { reason: said }),
  }),
});

export const preflight = defineTool({
  name: "preflight",
  toolset: "server",
  title: "Look ahead at a call",
  description:
    "Judges another tool's call and says what would run, what would differ afterwards and whether it would fail. Changes nothing.",
  annotations: readHints,
  schema: z.strictObject({ tool_name: toolName, arguments: toolArguments }),
  draft: (input) => ({
    action: "server",
    steps: [],
    ahead: { tool: input.tool_name, arguments: input.arguments },
  }),
});
