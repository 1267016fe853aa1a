// Operands of jq, yq, sed and gawk: one program over standard input, with the identifiers it names.
import type { ProgramOperand } from "../grammar/types.ts";
import { listGawkIdentifiers } from "../programs/gawk.ts";
import { listJqIdentifiers } from "../programs/jq.ts";
import type { ListedProgram } from "../programs/listed-program.ts";
import { listSedCommands } from "../programs/sed.ts";
import { listYqIdentifiers } from "../programs/yq.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import type { OperandContext, OperandFacts } from "./facts.ts";

const listers: Readonly<Record<ProgramOperand["language"], (program: string) => ListedProgram>> = {
  jq: listJqIdentifiers,
  yq: listYqIdentifiers,
  sed: listSedCommands,
  gawk: listGawkIdentifiers,
};

/** The program by flag or as the first operand; behind it `-` at most, as anything else would be a file. */
export function program(
  kind: ProgramOperand,
  tokens: readonly Token[],
  { verb, flags, places }: OperandContext,
): Result<OperandFacts> {
  const { language, flag } = kind;
  const given = flag === undefined ? undefined : flags.get(flag);
  const [first, ...others] = tokens;
  const isBare = given === undefined && (first === undefined || (first.text === "-" && kind.fallback !== undefined));
  const [operand, files] = given === undefined && !isBare ? [first, others] : [undefined, tokens];
  const written = given?.join("\n") ?? operand?.text;
  const text = written === undefined || written === "" ? (kind.fallback ?? written) : written;
  const place = operand ?? places.get(flag ?? "") ?? verb;
  if (text === undefined) return refuse("A program is missing.", verb, language === "sed" ? "'s/a/b/'" : "'.'");
  if (operand !== undefined && kind.notPrograms?.includes(operand.text) === true)
    return refuse(
      `\`${operand.text}\` is a verb of ${language}; only the expression is understood.`,
      operand,
      "leave it out",
    );
  const file = files.find((word) => word.text !== "-") ?? files[1];
  if (file !== undefined)
    return refuse(
      `${language} reads standard input only; a further word would be a file.`,
      file,
      "put it behind a pipe",
    );
  const readsNothing = kind.dashUnless !== undefined && flags.get(kind.dashUnless)?.[0] === "true";
  if (files[0] !== undefined && (language === "jq" || readsNothing))
    return refuse(
      `${language} takes no \`-\` here${readsNothing ? ", as it reads nothing" : "; it reads standard input by itself"}.`,
      files[0],
    );
  const cut = given?.find((part) => part.endsWith("\\"));
  if (cut !== undefined && language === "sed")
    return refuse(
      "A part of the sed program ends in a backslash: the next part could be text or code.",
      place,
      "one part, or a\\ and its text in one word",
    );
  const listed = listers[language](text);
  if ("problem" in listed) return refuse(`The ${language} program ${listed.problem}.`, place, listed.try);
  const assigned = (flags.get(kind.assigns ?? "") ?? []).map((value) => value.split("=", 1)[0] ?? "");
  const identifiers = [...new Set([...listed.identifiers, ...assigned])].sort();
  return accept({
    operands: flag === undefined ? [text] : kind.dashUnless !== undefined && !readsNothing ? ["-"] : [],
    resources: [],
    programs: [{ language, identifiers }],
    ...(flag === undefined || given !== undefined ? {} : { asFlag: { name: flag, value: text } }),
  });
}
