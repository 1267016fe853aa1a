// A command that no grammar made, for tests of what comes after understanding: it reads, names nothing, and is given its argv.
import type { Command } from "../../src/domain/command.ts";

export function bareCommand(argv: readonly [binary: string, ...words: string[]], more: Partial<Command> = {}): Command {
  return {
    binary: argv[0],
    verb: [],
    effect: "read",
    egress: false,
    sandbox: "text",
    dryRun: false,
    namespaces: [],
    allNamespaces: false,
    resources: [],
    flags: {},
    operands: [],
    selectors: {},
    paths: [],
    urls: [],
    programs: [],
    stdin: { from: "none", bytes: 0 },
    argv,
    answerExitCodes: [0],
    ...more,
  };
}
