// A tool for each profile that runs a raw argv under the name of a program, past every grammar. Composed into a server by
// server.test.ts alone: the product has no such tool, and reads no such draft.
import * as z from "zod";
import { deepFreeze } from "../../src/command/freeze.ts";
import { digestOf } from "../../src/command/understand.ts";
import type { Command, Draft, ParseResult } from "../../src/domain/command.ts";
import { type SandboxProfile, sandboxProfiles } from "../../src/domain/sandbox.ts";
import { defineTool, type Tool } from "../../src/tools/tool.ts";
import { bareCommand } from "../helpers/command.ts";

/** What no command line begins with. */
const mark = "\0raw";

export const rawTools: readonly Tool[] = sandboxProfiles.map((profile) =>
  defineTool({
    name: `raw_${profile}`,
    toolset: "cli",
    title: "Run anything",
    description: "For tests alone.",
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    schema: z.strictObject({ binary: z.string(), words: z.array(z.string()) }),
    draft: ({ binary, words }): Draft => ({ action: "command", steps: [{ argv: [mark, profile, binary, ...words] }] }),
  }),
);

/** Undefined for every draft that is not one of these tools'. */
export function rawPlan({ action, steps: [step] }: Draft): ParseResult | undefined {
  if (step === undefined || !("argv" in step) || step.argv[0] !== mark) return undefined;
  const [, named, binary = "", ...words] = step.argv;
  const profile = sandboxProfiles.find((one) => one === named) ?? "text";
  const steps = [{ stages: [rawCommand(profile, binary, words)] }];
  return { ok: true, plan: deepFreeze({ action, steps, digest: digestOf(steps), dryRun: false }) };
}

const rawCommand = (sandbox: SandboxProfile, binary: string, words: readonly string[]): Command =>
  bareCommand([binary, ...words], { sandbox, egress: sandbox !== "text" });
