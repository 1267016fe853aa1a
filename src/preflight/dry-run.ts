// A change's own dry run: the judged argv, with the flag by which the program itself promises to change nothing. Pure.
import type { Command, Draft } from "../domain/command.ts";
import type { Looked } from "../domain/preflight.ts";
import type { Reason } from "../domain/decision.ts";
import type { PlannedChange } from "../domain/preflight.ts";

/** `binary verb` → the words that make it one. Verbs that are missing have none. */
const words: ReadonlyMap<string, readonly string[]> = new Map([
  ["kubectl rollout undo", ["--dry-run=server"]],
  ["kubectl scale", ["--dry-run=server"]],
  ["kubectl delete", ["--dry-run=server"]],
  ["kubectl apply", ["--dry-run=server", "--output=json"]],
  ["kubectl set image", ["--dry-run=server"]],
  ["kubectl label", ["--dry-run=server"]],
  ["kubectl annotate", ["--dry-run=server"]],
  ["kubectl cordon", ["--dry-run=server"]],
  ["kubectl uncordon", ["--dry-run=server"]],
  ["helm rollback", ["--dry-run=server"]],
  ["git push", ["--dry-run"]],
]);

export const nameOf = ({ binary, verb }: Command): string => [binary, ...verb].join(" ");

/** Undefined: the verb has no dry run of its own. */
export function dryRunOf({ command, stdin }: PlannedChange): Draft | undefined {
  const own = words.get(nameOf(command));
  if (own === undefined) return undefined;
  const named = new Set(own.map((word) => word.split("=")[0]));
  const verbEnd = 1 + command.verb.length;
  // Behind the verb and before everything else, since what follows a `--` is an operand.
  const argv = [
    ...command.argv.slice(0, verbEnd),
    ...own,
    ...command.argv.slice(verbEnd).filter((word) => !named.has(word.split("=")[0])),
  ];
  return { action: "command", steps: [{ argv, ...(stdin === undefined ? {} : { stdin }) }] };
}

const maxSaidChars = 400;

/** The program's own words about why not. */
export function refusal({ stderr }: Extract<Looked, { ok: true }>, rule: string, message: string): Reason {
  const said = stderr.replaceAll(/\s+/g, " ").trim();
  return { rule, message: said === "" ? message : `${message}: ${said.slice(0, maxSaidChars).toWellFormed()}` };
}
