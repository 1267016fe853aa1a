// `ai-sre policy …`: the security reviewer's desk, one subcommand per file.
import { Command } from "commander";
import { policyBuildCommand } from "./policy-build.ts";
import { policyCheckCommand } from "./policy-check.ts";
import { policyDiffCommand } from "./policy-diff.ts";
import { policyDocsCommand } from "./policy-docs.ts";
import { policyExplainCommand } from "./policy-explain.ts";
import { policyLintCommand } from "./policy-lint.ts";
import { policyReplayCommand } from "./policy-replay.ts";
import { policyTestCommand } from "./policy-test.ts";
import { policyVerifyCommand } from "./policy-verify.ts";

export function policyCommand(): Command {
  return new Command("policy")
    .description("Ask, build, test and compare the policy, without a cluster.")
    .addCommand(policyCheckCommand())
    .addCommand(policyExplainCommand())
    .addCommand(policyBuildCommand())
    .addCommand(policyTestCommand())
    .addCommand(policyLintCommand())
    .addCommand(policyDiffCommand())
    .addCommand(policyReplayCommand())
    .addCommand(policyVerifyCommand())
    .addCommand(policyDocsCommand());
}
