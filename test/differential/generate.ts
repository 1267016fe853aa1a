// Argvs for one flag of one verb, from the grammar's own data: further flags beside it, every spelling that the syntax has
// (glued, split, `=`, bundled, `_`, before the verb, behind the operands), and values that look like something else.
import * as fc from "fast-check";
import type { Flag, Grammar, VerbGrammar } from "../../src/command/grammar/types.ts";
import { given, manifest, operandsOf, required, spelled, valueOf } from "../command/command-lines.ts";

/** What a case must exercise: a verb, and one of its flags. */
export interface Target {
  readonly verb: VerbGrammar;
  readonly flag?: Flag;
}

export interface Generated {
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** `VERB FLAG` of everything in it. */
  readonly exercises: readonly string[];
}

/** Values and operands that fit what an adapter has prepared. */
export interface Fitting {
  readonly values?: ReadonlyMap<string, fc.Arbitrary<string>>;
  readonly operands?: (verb: VerbGrammar) => fc.Arbitrary<readonly string[]> | undefined;
  readonly manifests?: fc.Arbitrary<string>;
}

const flagsOf = (grammar: Grammar, { flags }: VerbGrammar): readonly Flag[] => [...grammar.globalFlags, ...flags];

/** Every verb alone, and with each of its flags. */
export const targetsOf = (grammar: Grammar): readonly Target[] =>
  grammar.verbs.flatMap((verb) => [{ verb }, ...flagsOf(grammar, verb).map((flag) => ({ verb, flag }))]);

export const nameOf = ({ verb, flag }: Target): string => [...verb.verb, flag?.name ?? ""].join(" ").trim();

/** Texts that another reader could take for an option, a path, a pattern, another number or nothing. */
const weirdWords = [
  "- -- -n -A -x --help --namespace=kube-system --all-namespaces --output=/x /etc/passwd ../x ./a . .. ~ @f @-",
  "+ +1 -1 -5 ü 日本 = a=b =a a,b , * ? {} [] $HOME `id` 0 00 007 0x10 1e3 1_0 true TRUE false no %s %2e \\ ' \" # ; |",
].flatMap((line) => line.split(" "));

const weird = fc.oneof(
  fc.constantFrom(...weirdWords, "", " ", "a b", " a", "a "),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);

/** An argv for `target`; whether it is understood is for the parser to say. */
export function argvsFor(grammar: Grammar, target: Target, fitting: Fitting = {}): fc.Arbitrary<Generated> {
  const { verb } = target;
  const known = flagsOf(grammar, verb);
  const ownValues = (flag: Flag) => fitting.values?.get(flag.name) ?? valueOf(flag);
  const group = (flag: Flag) =>
    spelled(flag, grammar, fc.oneof({ weight: 7, arbitrary: ownValues(flag) }, { weight: 1, arbitrary: weird })).map(
      (words) => ({ flag, words }),
    );
  const beside = known.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...known), { maxLength: 4 });
  const chosen = beside.map((flags) => {
    const all = [...(target.flag === undefined ? [] : [target.flag]), ...flags];
    return all.filter((flag, at) => flag.multi === true || all.indexOf(flag) === at);
  });
  const groups = chosen.chain((flags) => fc.tuple(...flags.map(group)));
  const operands = fitting.operands?.(verb) ?? operandsOf(verb.operands);
  return fc
    .record({ groups, operands, odd: oddOperand, place: fc.nat(9), coins: fc.array(fc.nat(9), { maxLength: 24 }) })
    .map(({ groups, operands, odd, place, coins }) => {
      const shuffled =
        coins[0] === 0 ? groups : groups.toSorted((a, b) => order(a.words, coins) - order(b.words, coins));
      const before = shuffled.filter(({ flag }, at) => grammar.globalFlags.includes(flag) && (coins[at] ?? 9) < 3);
      const after = shuffled.filter((one) => !before.includes(one)).map(({ words }) => words);
      const missing = (verb.requires ?? [])
        .filter((name) => !groups.some(({ words }) => words.some((word) => given(word, name, verb))))
        .map((name) => required[name] ?? [`${name}=x`]);
      const rest = arrange(bundle([...after, ...missing], coins), odd(operands), place, grammar);
      const argv = [grammar.spec.name, ...before.flatMap(({ words }) => words), ...spellingOf(verb, coins), ...rest];
      const exercises = [nameOf({ verb }), ...groups.map(({ flag }) => nameOf({ verb, flag }))];
      return { argv, exercises };
    })
    .chain((made) =>
      verb.operands.kind === "manifest"
        ? (fitting.manifests ?? fc.constant(manifest)).map((stdin) => ({ ...made, stdin }))
        : fc.constant(made),
    );
}

/** The operands as they are, mostly; sometimes with one of them, or one more, that is odd. */
const oddOperand = fc
  .tuple(fc.nat(15), weird, fc.nat(3))
  .map(([what, text, at]) => (operands: readonly string[]): readonly string[] => {
    if (what === 0) return operands.map((word, index) => (index === at % operands.length ? text : word));
    return what === 1 ? operands.toSpliced(at, 0, text) : operands;
  });

const order = (words: readonly string[], coins: readonly number[]): number =>
  coins[(words.join(" ").length + (words[0]?.charCodeAt(words[0].length - 1) ?? 0)) % Math.max(1, coins.length)] ?? 0;

const spellingOf = ({ verb, aliases = [] }: VerbGrammar, coins: readonly number[]): readonly string[] =>
  (coins[1] ?? 9) < 3 ? (aliases[0] ?? verb) : verb;

/** Joins a lone short switch with the short flag behind it: `-A -o name` → `-Ao name`. */
function bundle(groups: readonly (readonly string[])[], coins: readonly number[]): readonly (readonly string[])[] {
  const joined: (readonly string[])[] = [];
  for (const [index, words] of groups.entries()) {
    const last = joined.at(-1);
    const [first = "", ...rest] = words;
    const isSwitch = last?.length === 1 && /^-[A-Za-z]+$/.test(last[0] ?? "");
    if (last !== undefined && isSwitch && /^-[A-Za-z]/.test(first) && (coins[index + 2] ?? 9) < 6) {
      joined[joined.length - 1] = [`${last[0] ?? ""}${first.slice(1)}`, ...rest];
    } else joined.push(words);
  }
  return joined;
}

/** Flags and operands in one line: operands last, first, behind `--`, or in between. */
function arrange(
  groups: readonly (readonly string[])[],
  operands: readonly string[],
  place: number,
  { syntax }: Grammar,
): readonly string[] {
  const flags = groups.flat();
  if (place === 0 && syntax.doubleDash) return [...flags, "--", ...operands];
  if (place < 6) return [...flags, ...operands];
  if (place < 8) return [...operands, ...flags];
  const middle = groups.length >> 1;
  const half = operands.length >> (place - 8);
  return [
    ...groups.slice(0, middle).flat(),
    ...operands.slice(0, half),
    ...groups.slice(middle).flat(),
    ...operands.slice(half),
  ];
}
