// `ai-sre policy …`: the security reviewer's desk, one subcommand per file.
import { Command } from "commander";
import { policyCheckCommand } from "./policy-check.ts";
import { policyDiffCommand } from "./policy-diff.ts";
import { policyExplainCommand } from "./policy-explain.ts";
import { policyReplayCommand } from "./policy-replay.ts";

export function policyCommand(): Command {
  return new Command("policy")
    .description("Ask, build, test and compare the policy, without a cluster.")
    .addCommand(policyCheckCommand())
    .addCommand(policyExplainCommand())
    .addCommand(policyDiffCommand())
    .addCommand(policyReplayCommand());
}
