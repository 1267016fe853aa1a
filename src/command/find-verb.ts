// Which verb of a grammar a stage uses, and which tokens belong to it. Flags may stand before the verb only when the
// binary takes them there.
import type { Flag, Grammar, VerbGrammar } from "./grammar/types.ts";
import { nearest } from "./nearest.ts";
import { accept, refuse, type Result, shorten, type Token } from "./refusal.ts";

export interface FoundVerb {
  readonly verb: VerbGrammar;
  /** The last token of the verb, or the binary for binaries without verbs. */
  readonly at: Token;
  /** Tokens before the verb (global flags) and after it. */
  readonly rest: readonly Token[];
}

/** Tokens include the binary at index 0. */
export function findVerb(tokens: readonly Token[], grammar: Grammar): Result<FoundVerb> {
  const [binary, ...rest] = tokens;
  const [only] = grammar.verbs;
  if (binary === undefined || only === undefined) throw new Error("a stage has at least its binary");
  if (only.verb.length === 0) return accept({ verb: only, at: binary, rest });

  const before = countGlobalFlags(rest, grammar);
  if (!before.ok) return before;
  const words = rest.slice(before.value);
  const named = nameVerb(words, grammar);
  if (named === undefined) return unknownVerb(binary, words, grammar);
  const { verb, length } = named;
  return accept({
    verb,
    at: words[length - 1] ?? binary,
    rest: [...rest.slice(0, before.value), ...words.slice(length)],
  });
}

/** The verb that the words begin with, and how many of them it takes. */
function nameVerb(words: readonly Token[], { verbs }: Grammar) {
  for (const verb of verbs) {
    const spelled = [verb.verb, ...(verb.aliases ?? [])].find((spelling) =>
      spelling.every((word, index) => words[index]?.text === word),
    );
    if (spelled !== undefined) return { verb, length: spelled.length };
  }
  return undefined;
}

/** How many leading tokens are flags, with their values, that may stand before the verb. Others are refused there. */
function countGlobalFlags(tokens: readonly Token[], grammar: Grammar): Result<number> {
  let at = 0;
  for (let token = tokens[at]; token?.text.startsWith("-") === true; token = tokens[at]) {
    const flag = globalFlagOf(token.text, grammar);
    if (flag === undefined) return misplacedFlag(token, grammar);
    at += isWhole(token.text, flag, grammar) && flag.type.kind !== "boolean" ? 1 + (flag.arity ?? 1) : 1;
  }
  return accept(Math.min(at, tokens.length));
}

/** The global flag of `--name`, `--name=v`, `-x`, `-xv` or `-x=v`. */
const globalFlagOf = (text: string, grammar: Grammar): Flag | undefined =>
  grammar.globalFlags.find(({ name, aliases = [] }) => [name, ...aliases].includes(spellingOf(text, grammar)));

/** True when the value, if any, is a token of its own. */
const isWhole = (text: string, { name, aliases = [] }: Flag, { syntax }: Grammar): boolean =>
  [name, ...aliases].includes(text.startsWith("--") && syntax.foldUnderscores ? text.replaceAll("_", "-") : text);

function spellingOf(text: string, { syntax }: Grammar): string {
  if (!text.startsWith("--")) return text.slice(0, 2);
  const name = text.split("=", 1)[0] ?? "";
  return syntax.foldUnderscores ? name.replaceAll("_", "-") : name;
}

function misplacedFlag(token: Token, grammar: Grammar): Result<number> {
  const name = spellingOf(token.text, grammar);
  const refusal = grammar.refusedFlags?.get(name);
  if (refusal !== undefined) return refuse(`\`${name}\`: ${refusal.message}`, token, refusal.try);
  const example = grammar.verbs[0]?.verb.join(" ") ?? "";
  return refuse(
    `\`${shorten(name)}\` does not stand before the verb.`,
    token,
    `${grammar.spec.name} ${example} ${shorten(name)}`,
  );
}

function unknownVerb(binary: Token, words: readonly Token[], grammar: Grammar): Result<FoundVerb> {
  const known = grammar.verbs.map(({ verb }) => verb.join(" "));
  const [word, second] = words;
  if (word === undefined) return refuse(`${binary.text} needs a verb: ${known.join(", ")}.`, binary, known[0]);
  const family = known.filter((verb) => verb.startsWith(`${word.text} `));
  const culprit = family.length > 0 ? (second ?? word) : word;
  for (const spelled of [`${word.text} ${second?.text ?? ""}`, word.text]) {
    const refusal = grammar.refusedVerbs?.get(spelled);
    if (refusal !== undefined) return refuse(`\`${binary.text} ${spelled}\`: ${refusal.message}`, culprit, refusal.try);
  }
  if (family.length > 0) {
    const example = `${binary.text} ${family[0] ?? ""}`;
    return refuse(`\`${word.text}\` needs one of: ${family.join(", ")}.`, culprit, example);
  }
  const hint =
    nearest(word.text, known) ??
    known
      .slice(0, 6)
      .map((verb) => `${grammar.spec.name} ${verb}`)
      .join(", ");
  return refuse(`\`${shorten(word.text)}\` is no verb of ${binary.text} that is understood.`, word, hint);
}
