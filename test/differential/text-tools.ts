// The text tools: both spellings print the same, end alike and touch no file; a program that could touch one says so.
import * as fc from "fast-check";
import type { VerbGrammar } from "../../src/command/grammar/types.ts";
import type { Command } from "../../src/domain/command.ts";
import { operandsOf } from "../command/command-lines.ts";
import { type Adapter, type Case, type Verdict, verdict } from "./adapter.ts";
import { grammarOf } from "./differential.ts";
import { type MarkerFolder, marker, openMarkerFolder } from "./folder.ts";
import { type Outcome, start } from "./start.ts";

const environment = { PATH: "/nonexistent", HOME: "/nonexistent", LC_ALL: "C.UTF-8", TZ: "UTC" };
const lines = "b: 2,x\na: 1,y\n\na: 1,y\nERROR ü 10 20\n-n\tq\n";
const inputs: ReadonlyMap<string, readonly string[]> = new Map([
  ["jq", ['{"a":{"b":1},"c":[1,"x",null]}\n', '"x"\n[1]\n', ""]],
  ["yq", ["a: {b: 1}\nc: [1, x, null]\n", "a: 1\n---\nb: 2\n", '{"a": "x"}\n']],
  ["base64", ["YSBiCg==\n", lines]],
]);

/** The same input for both spellings, one of several by the argv's length. */
const inputOf = (binary: string, argv: readonly string[]): string => {
  const known = inputs.get(binary) ?? [lines, "", "one", "2\n10\n1\n"];
  return known[argv.join("").length % known.length] ?? lines;
};

/** Words by which a program reaches files, commands, the environment or the clock. */
const waysOut: Readonly<Record<string, RegExp>> = {
  sed: /^(?:[rRwWe]|s\/\/\/[we])$/,
  jq: /^(?:\$ENV|env|input_filename|get_search_list|import|include|modulemeta|now|localtime|strflocaltime|input_line_number)$/,
  yq: /load|env|system|eval|^(?:now|fi|file_?name|file_?index|fileName|fileIndex)$/,
  gawk: /^(?:system|getline|ENVIRON|PROCINFO|ARGV|ARGC|FILENAME|srand|rand|systime|strftime|close|fflush|@.*|>|>>|\||\|&)$/,
};

/** Such programs are policy's to judge, and our pins stop what they would do. */
const namesWayOut = ({ programs }: Command): boolean =>
  programs.some(({ language, identifiers }) => identifiers.some((name) => waysOut[language]?.test(name) === true));

/** date answers by the clock when no moment is given; wc prints the `-` that it was given. */
const plain = (binary: string, { stdout }: Outcome): string => {
  if (binary === "date") return stdout.replaceAll(/[0-9]/g, "0").replace(/\b(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)\b/, "Day");
  return binary === "wc" ? stdout.replace(/ -\n$/, "\n").replaceAll(/ +/g, " ").trim() : stdout;
};

function differs({ argv, command }: Case, caller: Outcome, rendered: Outcome, touched: Touched): string | undefined {
  const { binary, effect, paths, urls, resources } = command;
  if (effect !== "read" || paths.length + urls.length + resources.length > 0)
    return "the model of a text tool names more than text";
  if (touched.byRendered.length > 0) return `what runs touched ${JSON.stringify(touched.byRendered)}`;
  if (rendered.stdout.includes(marker.trim())) return "what runs printed a file";
  if (namesWayOut(command)) return undefined;
  if (touched.byCaller.length > 0) return `the caller's words touch ${JSON.stringify(touched.byCaller)}`;
  if (caller.stdout.includes(marker.trim())) return "the caller's words print a file";
  const [theirs, ours] = [caller, rendered].map((one) => [one.status, plain(binary, one)]);
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return undefined;
  return `${JSON.stringify(theirs)} is not ${JSON.stringify(ours)}; ${argv.join(" ")}: ${caller.stderr} ${rendered.stderr}`;
}

interface Touched {
  readonly byCaller: readonly string[];
  readonly byRendered: readonly string[];
}

/** yq takes a first word that is a file's name for that file; what runs has its expression behind a flag. */
const isExpression = ({ binary, flags }: Command, word: string): boolean =>
  binary === "yq" && flags["--expression"]?.some((text) => word.endsWith(text)) === true;

async function compare(file: string, folder: MarkerFolder, one: Case): Promise<Verdict> {
  const stdin = inputOf(one.command.binary, one.argv);
  const run = async (argv: readonly string[]) => {
    const [, ...words] = argv;
    folder.lay([...one.argv, ...one.command.argv].slice(1).filter((word) => !isExpression(one.command, word)));
    const outcome = await start({ file, words, cwd: folder.path, environment, stdin, timeoutMs: 20_000 });
    return { outcome, touched: folder.touched() };
  };
  const caller = await run(one.argv);
  const rendered = await run(one.command.argv);
  const touched = { byCaller: caller.touched, byRendered: rendered.touched };
  return verdict(one, rendered.outcome.status, differs(one, caller.outcome, rendered.outcome, touched));
}

const ranges = fc.constantFrom("1", "1,3", "2-", "-3", "1-2,4");
const columns = fc.constantFrom("1", "2", "1,2", "A,B");

/** Values that a tool would hardly get by chance. */
const values: Readonly<Record<string, ReadonlyMap<string, fc.Arbitrary<string>>>> = {
  sed: new Map([
    [
      "--expression",
      fc.constantFrom("p", "s/a/b/g", "1,2d", "$!N;P;D", "y/ab/xy/", "/a/{=;l}", "a\\ text", "i x", "w a", "# c"),
    ],
  ]),
  cut: new Map([
    ["--fields", ranges],
    ["--characters", ranges],
    ["--bytes", ranges],
  ]),
  column: new Map(
    ["--table-right", "--table-hide", "--table-order", "--table-truncate", "--table-wrap"].map((name) => [
      name,
      columns,
    ]),
  ),
};

/** Words beside the flags without which a tool does nothing. */
const beside: Readonly<Record<string, fc.Arbitrary<readonly string[]>>> = {
  cut: fc.constantFrom([], ["-f1,2"], ["-b", "1-2"], ["-c2-", "-"]),
  column: fc.constantFrom([], ["-t"], ["-t", "-NA,B,C"]),
};

/** Where a flag may carry the program or the pattern, no operand does now and then. */
const withoutProgram = ({ operands }: VerbGrammar): fc.Arbitrary<readonly string[]> | undefined =>
  "flag" in operands && operands.flag !== undefined
    ? fc.oneof({ weight: 3, arbitrary: operandsOf(operands) }, { weight: 1, arbitrary: fc.constantFrom([], ["-"]) })
    : undefined;

export const textTool = (name: string, share: number): Adapter => ({
  grammar: grammarOf(name),
  share,
  fitting: {
    operands: (verb) => beside[name] ?? withoutProgram(verb),
    ...(values[name] === undefined ? {} : { values: values[name] }),
  },
  open: async (file) => {
    const folder = openMarkerFolder();
    return { compare: (one) => compare(file, folder, one), close: async () => folder.close() };
  },
});
