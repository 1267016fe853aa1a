#!/usr/bin/env node
// The command line: one subcommand per file under cli/. Exit codes: 0 ok, 1 no, 2 usage or configuration.
import { Command, CommanderError } from "commander";
import { approveCommand } from "./cli/approve.ts";
import { auditShowCommand } from "./cli/audit-show.ts";
import { auditVerifyCommand } from "./cli/audit-verify.ts";
import { callCommand } from "./cli/call.ts";
import { policyCommand } from "./cli/policy.ts";
import { serveCommand } from "./cli/serve.ts";
import { StartError } from "./errors.ts";
import { version } from "./version.ts";

const program = new Command("ai-sre")
  .description("The policy-gated hands of an AI operator: MCP tool calls, judged by Rego, run without a shell.")
  .version(version)
  .showHelpAfterError("(add --help for usage)");

program.addCommand(serveCommand());
program.addCommand(callCommand());
program.addCommand(approveCommand());
program.addCommand(policyCommand());
program.addCommand(
  new Command("audit")
    .description("Check and read the audit.")
    .addCommand(auditVerifyCommand())
    .addCommand(auditShowCommand()),
);
exitByException(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** A commander command ends the process itself unless it is told not to, each level for itself. */
function exitByException(command: Command): void {
  command.exitOverride();
  for (const nested of command.commands) exitByException(nested);
}

/** Says what went wrong on standard error, in one block for a person; returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof StartError) {
    const lines = error.message.split("\n").map((line) => `  ${line}`);
    process.stderr.write(`ai-sre: ${error.code.replaceAll("_", " ")}\n${lines.join("\n")}\n`);
    return 2;
  }
  throw error;
}
