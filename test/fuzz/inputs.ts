// Calls to throw at the parser: what the grammars can say, the corpus and its other spellings, each broken in some places; and
// arguments that no tool asked for.
import * as fc from "fast-check";
import { catalog } from "../../src/tools/catalog.ts";
import { argvs } from "../command/command-lines.ts";
import type { Call } from "../spellings/call.ts";
import { rows } from "../spellings/corpus.ts";
import { single } from "../spellings/transformations.ts";

/** Words and signs that mean something to some reader. */
const signs = [
  ..."- -- --= -= = | || |& ' \" \\ $ ` ; & # ~ * { } ( ) [ ] < > ! , . / : @ % ^ + \0 \n \r \t".split(" "),
  " ",
  "\u202e",
  "\ud800",
  "\u00a0",
  ..."__proto__ constructor toString --help -h --version {{ }} \\( /dev/stdin -1 0x0 1e999 %2e .. env load( s/a/b/ BEGIN{".split(
    " ",
  ),
];
const fragment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...signs) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 16 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...signs), fc.integer({ min: 2, max: 3000 }))
      .map(([sign, times]) => sign.repeat(times)),
  },
);

/** One to four changes of a text: a piece put in, taken out, doubled, or put in the place of another. */
const broken = (text: string): fc.Arbitrary<string> =>
  fc.array(fc.tuple(fc.nat(3), fc.nat(), fc.nat(12), fragment), { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce((held, [how, place, length, piece]) => {
      const at = place % (held.length + 1);
      const cut = held.slice(at, at + length);
      const put = [piece, "", cut + cut, piece][how] ?? "";
      return held.slice(0, at) + put + held.slice(how === 0 ? at : at + length);
    }, text),
  );

const brokenWords = (words: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc
    .tuple(
      fc.nat(),
      fc.oneof(
        fragment,
        fc.nat().chain((at) => broken(words[at % words.length] ?? "")),
      ),
      fc.nat(2),
    )
    .map(([place, word, how]) =>
      words.toSpliced(place % (words.length + 1), how === 0 ? 0 : 1, ...(how === 2 ? [word, word] : [word])),
    );

const cli = (own: object): Call => ({ tool: "cli_tool", arguments: { ...own } });

/** What a grammar can say, whole and broken, as an argv and as a line. */
const bySomeGrammar: fc.Arbitrary<Call> = argvs.chain(({ argv, stdin }) => {
  const given = stdin === undefined ? {} : { stdin };
  return fc.oneof(
    fc.constant(cli({ argv, ...given })),
    brokenWords(argv).map((words) => cli({ argv: words, ...given })),
    broken(argv.join(" ")).map((command) => cli({ command, ...given })),
    broken(stdin ?? "apiVersion: v1").map((text) => cli({ argv, stdin: text })),
  );
});

const bySomeRow: fc.Arbitrary<Call> = fc
  .tuple(fc.constantFrom(...rows), fc.constantFrom(...single), fc.nat())
  .map(([row, { of }, place]): Call => {
    const spelled = of(row);
    return spelled[place % Math.max(1, spelled.length)]?.call ?? row;
  })
  .chain(({ tool, arguments: own }) => {
    const { argv, command } = own;
    if (typeof command === "string")
      return broken(command).map((text): Call => ({ tool, arguments: { ...own, command: text } }));
    if (Array.isArray(argv) && argv.every((word) => typeof word === "string"))
      return brokenWords(argv).map((words): Call => ({ tool, arguments: { ...own, argv: words } }));
    return fc.constant<Call>({ tool, arguments: own });
  });

const fragments: fc.Arbitrary<Call> = fc.oneof(
  fc.array(fragment, { maxLength: 20 }).map((argv) => cli({ argv })),
  fc.array(fragment, { maxLength: 20 }).map((parts) => cli({ command: parts.join(" ") })),
);

/** A tool with arguments of its own names and of none, of any type. */
const typed: fc.Arbitrary<Call> = fc
  .constantFrom(...catalog)
  .chain(({ name, argumentNames }) =>
    fc
      .dictionary(
        fc.constantFrom(...argumentNames, "__proto__", "constructor", "headers"),
        fc.oneof(
          fragment,
          fc.constantFrom("pods", "web-1", "default", "kustomization", 1, 5, true),
          fc.jsonValue({ maxDepth: 3 }),
        ),
      )
      .map((own): Call => ({ tool: name, arguments: own })),
  );

export const calls: fc.Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: bySomeGrammar },
  { weight: 3, arbitrary: bySomeRow },
  { weight: 1, arbitrary: fragments },
  { weight: 2, arbitrary: typed },
);
