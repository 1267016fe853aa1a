// How the tests of this room ask: a command line or an argv in, the model or the refusal out.
import { understand } from "../../src/command/understand.ts";
import type { Command, DraftStep, NotUnderstood, ParseResult, ParseSettings, Plan } from "../../src/domain/command.ts";

export const settings: ParseSettings = {
  defaultNamespace: "default",
  fluxNamespace: "flux-system",
  git: { repository: "o/r", remote: "origin", baseBranch: "main" },
  kinds: [
    {
      group: "cert-manager.io",
      resource: "certificates",
      kind: "Certificate",
      shortNames: ["cert", "certs"],
      namespaced: true,
    },
  ],
};

/** A string is a command line, an array an argv. */
export type Words = string | readonly string[];

const stepOf = (words: Words): DraftStep => (typeof words === "string" ? { commandLine: words } : { argv: words });

export const read = (words: Words, stdin?: string): ParseResult =>
  understand({ action: "command", steps: [{ ...stepOf(words), ...(stdin === undefined ? {} : { stdin }) }] }, settings);

/** The plan, or an error that shows the refusal. */
export function planOf(words: Words, stdin?: string): Plan {
  const result = read(words, stdin);
  if (!result.ok) throw new Error(`not understood: ${JSON.stringify(words)}: ${JSON.stringify(result.refusal)}`);
  return result.plan;
}

export function stagesOf(words: Words, stdin?: string): readonly Command[] {
  const [step] = planOf(words, stdin).steps;
  if (step === undefined) throw new Error("the plan has no step");
  return step.stages;
}

/** The first stage's model. */
export function commandOf(words: Words, stdin?: string): Command {
  const [command] = stagesOf(words, stdin);
  if (command === undefined) throw new Error("the step has no stage");
  return command;
}

export function refusalOf(words: Words, stdin?: string): NotUnderstood {
  const result = read(words, stdin);
  if (result.ok) throw new Error(`understood: ${JSON.stringify(words)}`);
  return result.refusal;
}

/** The rendered argvs of all stages, each joined by blanks: for reading in tables. */
export const rendered = (words: Words): string =>
  stagesOf(words)
    .map(({ argv }) => argv.join(" "))
    .join(" | ");
