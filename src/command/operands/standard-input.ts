// Operands of tools that read standard input: a pattern, a format, sets of characters, and never a file.
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** `-` is standard input, once or as often as said; everything else would be a file. */
export function standardInputOnly(tokens: readonly Token[], times = 1): Result<OperandFacts> {
  const file = tokens.find(({ text }) => text !== "-") ?? tokens[times];
  if (file === undefined) return accept({ ...nothing, operands: tokens.length > 1 ? tokens.map(() => "-") : [] });
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

/** Nothing, or one +FORMAT. */
export function dateFormat(tokens: readonly Token[]): Result<OperandFacts> {
  const [format, extra] = tokens;
  if (format === undefined) return accept(nothing);
  const wrong = /^\+[^\p{Cc}]{0,128}$/u.test(format.text) ? extra : format;
  if (wrong !== undefined)
    return refuse("date takes one format, with a plus before it; it never sets the clock.", wrong, "date +%FT%TZ");
  return accept({ ...nothing, operands: [format.text] });
}
