// Commands that only print about their binary: `kubectl get --help`, `sed --version`. Nothing else of them takes place, and
// nothing else is rendered. Called by read-command.ts.
import type { Command, StandardInput } from "../domain/command.ts";
import type { FoundVerb } from "./find-verb.ts";
import { deepFreeze, nullPrototype } from "./freeze.ts";
import type { Grammar } from "./grammar/types.ts";
import { readFlags } from "./read-flags.ts";
import { accept, type Result } from "./refusal.ts";
import { render } from "./render.ts";

/** `--help` prints and ends: nothing else of the command takes place, and nothing else is rendered. */
export function help(
  { verb, rest }: FoundVerb,
  grammar: Grammar,
  stdin: StandardInput,
): Result<{ readonly command: Command }> {
  const flags = rest.filter(({ text }) => !(grammar.helpFlags ?? []).includes(text));
  const read = readFlags(flags, [...grammar.globalFlags, ...verb.flags], grammar);
  if (!read.ok) return read;
  const facts = printing("--help", verb.verb, grammar, stdin);
  return accept({ command: deepFreeze({ ...facts, argv: render(facts, grammar, verb, "--help") }) });
}

/** `sed --version`: one word that prints and ends. */
export function printsAlone(
  flag: "--version" | "--help",
  grammar: Grammar,
  stdin: StandardInput,
): Result<{ readonly command: Command }> {
  return accept({ command: deepFreeze({ ...printing(flag, [], grammar, stdin), argv: [grammar.spec.name, flag] }) });
}

const printing = (flag: string, verb: readonly string[], grammar: Grammar, stdin: StandardInput) => ({
  ...emptyFacts,
  binary: grammar.spec.name,
  verb,
  effect: "read" as const,
  egress: false,
  sandbox: grammar.spec.sandbox ?? ("text" as const),
  dryRun: false,
  namespaces: [],
  allNamespaces: false,
  flags: nullPrototype({ [flag]: ["true"] }),
  stdin,
  answerExitCodes: [0],
});

const emptyFacts = { resources: [], operands: [], selectors: nullPrototype({}), paths: [], urls: [], programs: [] };
