// cli_tool: a command line or an argv of any binary that has a grammar, pipelines included. There is no shell behind it.
import * as z from "zod";
import type { Draft } from "../domain/command.ts";
import { reason } from "./fields.ts";
import { defineTool } from "./tool.ts";

export const cliTool = defineTool({
  name: "cli_tool",
  toolset: "cli",
  title: "Run an allowed command line",
  description:
    "Runs one command line of the allowed binaries (kubectl, git, gh, helm, flux, curl, jq, yq, sed, awk, grep, sort and other text tools), or a pipeline of them with `|`. There is no shell: no variables, redirections, globs, `;` or `&&`. Text tools read standard input only.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  schema: z
    .strictObject({
      command: z.string().min(1).optional().describe("e.g. kubectl logs web-1 --tail=200 | grep -i error"),
      argv: z.array(z.string()).min(1).optional().describe("Instead of command: its arguments as a list"),
      stdin: z.string().optional().describe("Standard input of the first command"),
      timeout_seconds: z.int().min(1).max(55).optional(),
      reason,
    })
    .refine((input) => (input.command === undefined) !== (input.argv === undefined), {
      path: ["command"],
      message: "give exactly one of `command` and `argv`",
    }),
  draft: (input): Draft => {
    const stdin = input.stdin === undefined ? {} : { stdin: input.stdin };
    const timeout = input.timeout_seconds === undefined ? {} : { timeoutMs: input.timeout_seconds * 1000 };
    const step =
      input.argv === undefined ? { commandLine: input.command ?? "", ...stdin } : { argv: input.argv, ...stdin };
    const said = input.reason === undefined ? {} : { reason: input.reason };
    return { action: "command", steps: [step], ...timeout, ...said };
  },
});
