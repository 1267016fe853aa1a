// What the Unix text tools have in common: GNU option syntax, standard input only, no namespaces, no network.
import type { BinarySpec } from "../../domain/command.ts";
import { refusalTable } from "./refusal-table.ts";
import type { Flag, Grammar, KnownRefusal, OperandKind, Syntax, VerbGrammar } from "./types.ts";

/** GNU getopt_long; abbreviations of long options are refused although the tools would take them. */
export const getopt: Syntax = {
  longEquals: true,
  gluedShorts: true,
  shortEquals: false,
  booleanValues: false,
  foldUnderscores: false,
  doubleDash: true,
};

/** A switch: long name, then its other exact spellings. */
export const toggle = (name: `--${string}`, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type: { kind: "boolean" },
  class: "output",
});

/** A flag with a number of lines, bytes or fields. */
export const count = (name: `--${string}`, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type: { kind: "integer", min: 0, max: 1_000_000 },
  class: "limit",
});

/** A flag whose value has a shape. */
export const shaped = (name: `--${string}`, alias: string, pattern: RegExp, looksLike: string): Flag => ({
  name,
  aliases: [alias],
  type: { kind: "pattern", pattern, looksLike },
  class: "output",
});

/** A flag that the renderer always adds and that a caller may repeat. */
export const pinned = (name: `--${string}`, ...aliases: readonly string[]): Flag => ({
  ...toggle(name, ...aliases),
  class: "pin",
});

const printsLong: NonNullable<Grammar["printsAlone"]> = new Map([
  ["--version", "--version"],
  ["--help", "--help"],
]);

/** With -V, as grep has it; its -h is a flag of its own. */
export const printsVersionShort: NonNullable<Grammar["printsAlone"]> = new Map([...printsLong, ["-V", "--version"]]);

/** With -V and -h, as util-linux, jq, yq and gawk have them. */
export const printsShort: NonNullable<Grammar["printsAlone"]> = new Map([
  ...printsLong,
  ["-V", "--version"],
  ["-h", "--help"],
]);

interface TextTool {
  readonly flags: readonly Flag[];
  readonly operands: OperandKind;
  readonly answers?: VerbGrammar["answers"];
  readonly syntax?: Syntax;
  readonly pins?: VerbGrammar["pins"];
  readonly exclusive?: VerbGrammar["exclusive"];
  /** Spellings that print when they stand alone; GNU's long ones unless said. */
  readonly printsAlone?: Grammar["printsAlone"];
  /** Beside those of every text tool. */
  readonly refusedFlags?: ReadonlyMap<string, KnownRefusal>;
  readonly needsTemporary?: true;
}

/** GNU coreutils print `NAME (GNU coreutils) 9.1` as the first line of --version. */
const coreutils = (name: string): BinarySpec => ({
  name,
  probe: ["--version"],
  versionPattern: /\(GNU coreutils\) ([0-9]+\.[0-9]+)/,
  atLeast: "8.30",
  below: "10.0",
});

const namesFiles: KnownRefusal = {
  message: "it names files, and text tools read standard input only.",
  try: "put it behind a pipe",
};
const runsFree: KnownRefusal = {
  message: "it runs programs, or lifts bounds on memory and processors.",
  try: "leave it out",
};

/** Where a tool means something else by one of these, its own flag wins. */
const refusedFlags = refusalTable(
  [
    "--files0-from --file -f --exclude-from --output -o --recursive -r -R --include --exclude --exclude-dir",
    namesFiles,
  ],
  ["--directories -d --devices -D --random-source --temporary-directory -T", namesFiles],
  ["--compress-program --buffer-size -S --parallel", runsFree],
);

/** A text tool as a grammar of one verbless form. */
export function textTool(name: string, tool: TextTool, spec: BinarySpec = coreutils(name)): Grammar {
  return {
    spec: { ...spec, ...(tool.needsTemporary === undefined ? {} : { needsTemporary: tool.needsTemporary }) },
    syntax: tool.syntax ?? getopt,
    globalFlags: [],
    verbs: [
      {
        verb: [],
        effect: "read",
        egress: false,
        flags: tool.flags,
        operands: tool.operands,
        answers: tool.answers ?? [{ codes: [0] }],
        ...(tool.exclusive === undefined ? {} : { exclusive: tool.exclusive }),
        ...(tool.pins === undefined ? {} : { pins: tool.pins }),
      },
    ],
    printsAlone: tool.printsAlone ?? printsLong,
    refusedFlags: new Map([...refusedFlags, ...(tool.refusedFlags ?? [])]),
  };
}
