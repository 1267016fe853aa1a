// A stage's words taken apart as its real binary would: verb, flags with their values, operands. Lenient, for spelling them in
// other ways: it knows more flags than are understood, and takes an unknown one for a switch.
import { grammarOf } from "../../src/command/grammar/grammars.ts";
import type { Flag, Grammar, VerbGrammar } from "../../src/command/grammar/types.ts";
import type { Words } from "./call.ts";
import { type RealFlag, realFlags } from "./real-flags.ts";

export interface FlagPart {
  readonly kind: "flag";
  /** As it was written, without its value. */
  readonly spelled: string;
  readonly values: readonly string[];
  readonly form: "bare" | "split" | "glued" | "equals";
  readonly flag: RealFlag | undefined;
}

export type Part = FlagPart | { readonly kind: "verb" | "operand" | "after-dash"; readonly text: string };

export interface Stage {
  readonly binary: string;
  readonly grammar: Grammar | undefined;
  readonly parts: readonly Part[];
  /** Every flag of the verb, by what the grammar and the manuals say. */
  readonly flags: readonly RealFlag[];
}

/** Undefined for a stage without words. */
export function takeApart(words: Words): Stage | undefined {
  const [binary, ...rest] = words;
  if (binary === undefined) return undefined;
  const grammar = grammarOf(binary);
  const verb = grammar === undefined ? undefined : verbIn(rest, grammar);
  const flags = flagsOf(grammar, verb);
  return { binary, grammar, parts: read(rest, flags, verb?.verb.length ?? 0), flags };
}

/** What stands for a part in an argv. */
export function wordsOf(part: Part): Words {
  if (part.kind !== "flag") return [part.text];
  const { spelled, values, form } = part;
  if (form === "bare") return [spelled];
  if (form === "split") return [spelled, ...values];
  return [`${spelled}${form === "equals" ? "=" : ""}${values.join("")}`];
}

export const putTogether = (binary: string, parts: readonly Part[]): Words => [binary, ...parts.flatMap(wordsOf)];

/** The verb whose words stand in the argv, in order, before any other operand; flags may stand between. */
function verbIn(words: Words, grammar: Grammar): VerbGrammar | undefined {
  const operands = read(words, flagsOf(grammar, undefined), 0).flatMap((part) =>
    part.kind === "operand" ? [part.text] : [],
  );
  return grammar.verbs.find(({ verb, aliases = [] }) =>
    [verb, ...aliases].some((spelling) => spelling.every((word, at) => operands[at] === word)),
  );
}

/** Flags of the verb first, then the manuals', then those of other verbs: `-f` is one thing for logs and another for apply. */
function flagsOf(grammar: Grammar | undefined, verb: VerbGrammar | undefined): readonly RealFlag[] {
  if (grammar === undefined) return [];
  const { globalFlags, verbs, spec } = grammar;
  const others = verbs.flatMap(({ flags }) => flags);
  const ordered = [
    ...[...globalFlags, ...(verb?.flags ?? [])].map(realFlag),
    ...(realFlags.get(spec.name) ?? []),
    ...others.map(realFlag),
  ];
  const seen = new Set<string>();
  return ordered.flatMap(({ names, takes }) => {
    const fresh = names.filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    return fresh.length === 0 ? [] : [{ names: fresh, takes }];
  });
}

function realFlag({ name, aliases = [], type, arity, glued, optional }: Flag): RealFlag {
  const takes = type.kind === "boolean" ? 0 : glued === true || optional !== undefined ? "optional" : (arity ?? 1);
  return { names: [name, ...aliases], takes };
}

function read(words: Words, flags: readonly RealFlag[], verbLength: number): readonly Part[] {
  const parts: Part[] = [];
  let verbLeft = verbLength;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") return [...parts, ...words.slice(at).map((text): Part => ({ kind: "after-dash", text }))];
    if (!word.startsWith("-") || word === "-") {
      parts.push({ kind: verbLeft > 0 ? "verb" : "operand", text: word });
      verbLeft -= 1;
      continue;
    }
    const flag = readFlag(word, words.slice(at + 1), flags);
    parts.push(...flag);
    const last = flag.at(-1);
    if (last?.form === "split") at += last.values.length;
  }
  return parts;
}

function readFlag(word: string, next: Words, flags: readonly RealFlag[]): readonly FlagPart[] {
  const find = (name: string) => flags.find(({ names }) => names.includes(name));
  if (!word.startsWith("--")) return readShorts(word, next, find);
  const [name = "", ...value] = word.split("=");
  const flag = find(name) ?? find(name.replaceAll("_", "-"));
  if (value.length > 0) return [{ kind: "flag", spelled: name, values: [value.join("=")], form: "equals", flag }];
  return [alone(name, flag, next)];
}

/** `-Ao name` is two flags; letters that nobody knows stay together. */
function readShorts(
  word: string,
  next: Words,
  find: (name: string) => RealFlag | undefined,
  found: readonly FlagPart[] = [],
): readonly FlagPart[] {
  const flag = find(word.slice(0, 2));
  const rest = word.slice(2);
  const spelled = flag === undefined ? word : word.slice(0, 2);
  if (flag === undefined || rest === "") return [...found, alone(spelled, flag, next)];
  if (rest.startsWith("=")) {
    return [...found, { kind: "flag", spelled, values: [rest.slice(1)], form: "equals", flag }];
  }
  if (flag.takes !== 0) return [...found, { kind: "flag", spelled, values: [rest], form: "glued", flag }];
  return readShorts(`-${rest}`, next, find, [...found, { kind: "flag", spelled, values: [], form: "bare", flag }]);
}

function alone(spelled: string, flag: RealFlag | undefined, next: Words): FlagPart {
  const takes = flag === undefined || flag.takes === "optional" ? 0 : flag.takes;
  const values = next.slice(0, takes);
  return { kind: "flag", spelled, values, form: values.length === 0 ? "bare" : "split", flag };
}
