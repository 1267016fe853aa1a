// Operands of tools that read standard input: a pattern, a program, sets of characters, and never a file.
import { listJqIdentifiers } from "../programs/jq.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** `-` is standard input, once; everything else would be a file. */
export function standardInputOnly(tokens: readonly Token[]): Result<OperandFacts> {
  const file = tokens.find(({ text }) => text !== "-") ?? tokens[1];
  if (file === undefined) return accept(nothing);
  return refuse(
    "Text tools read standard input only; a further word would be a file.",
    file,
    "put it behind a pipe: kubectl … | …",
  );
}

/** A pattern, which becomes the flag that carries it, then `-` at most. */
export function patternThenStandardInput(
  tokens: readonly Token[],
  flag: string,
  { flags, verb }: OperandContext,
): Result<OperandFacts> {
  if (flags.has(flag)) return standardInputOnly(tokens);
  const [pattern, ...rest] = tokens;
  if (pattern === undefined) return refuse("A pattern is missing.", verb);
  if (/[\n\r]/.test(pattern.text)) return refuse("A pattern must be on one line.", pattern);
  const files = standardInputOnly(rest);
  return files.ok ? accept({ ...nothing, asFlag: { name: flag, value: pattern.text } }) : files;
}

/** One or two sets of characters, as tr takes them. */
export function characterSets(tokens: readonly Token[], { verb }: OperandContext): Result<OperandFacts> {
  if (tokens.length === 0 || tokens.length > 2)
    return refuse("tr takes one or two sets of characters.", tokens[2] ?? verb);
  const long = tokens.find(({ text }) => text.length > 512);
  if (long !== undefined) return refuse("A set of characters is longer than 512.", long);
  return accept({ ...nothing, operands: tokens.map(({ text }) => text) });
}

/** One jq program, with the identifiers it names. */
export function program(tokens: readonly Token[], { verb }: OperandContext): Result<OperandFacts> {
  const [text, file] = tokens;
  if (text === undefined) return refuse("A program is missing.", verb, "'.'");
  if (file !== undefined && file.text !== "-")
    return refuse("jq reads standard input only; a further word would be a file.", file);
  if (file !== undefined) return refuse("jq takes no `-`; it reads standard input by itself.", file);
  const listed = listJqIdentifiers(text.text);
  if ("problem" in listed) return refuse(`The jq program ${listed.problem}.`, text);
  return accept({
    operands: [text.text],
    resources: [],
    programs: [{ language: "jq", identifiers: listed.identifiers }],
  });
}
