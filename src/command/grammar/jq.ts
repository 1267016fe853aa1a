// jq 1.6 to 1.8: one program over standard input. No program files, no data files, no library paths.
import { refusalTable } from "./refusal-table.ts";
import { printsShort, toggle } from "./text.ts";
import type { Flag, Grammar, KnownRefusal } from "./types.ts";

const named = (name: `--${string}`, pattern: RegExp, looksLike: string): Flag => ({
  name,
  type: { kind: "pattern", pattern, looksLike },
  arity: 2,
  multi: true,
  class: "filter",
});

const readsFiles: KnownRefusal = {
  message: "it reads files, or turns operands into something else.",
  try: "give the program as one word and use standard input",
};

export const jq: Grammar = {
  spec: { name: "jq", probe: ["--version"], versionPattern: /^jq-([0-9]+\.[0-9]+)/, atLeast: "1.6", below: "1.9" },
  syntax: {
    longEquals: false,
    gluedShorts: false,
    shortEquals: false,
    booleanValues: false,
    foldUnderscores: false,
    doubleDash: false,
  },
  globalFlags: [],
  verbs: [
    {
      verb: [],
      effect: "read",
      egress: false,
      operands: { kind: "program", language: "jq" },
      answers: [{ codes: [0] }, { codes: [0, 1], whenFlag: "--exit-status" }],
      // The last one holds, and the order of the argv is ours.
      exclusive: [["--compact-output", "--tab", "--indent"]],
      flags: [
        toggle("--raw-output", "-r"),
        toggle("--join-output", "-j"),
        toggle("--ascii-output", "-a"),
        toggle("--compact-output", "-c"),
        toggle("--monochrome-output", "-M"),
        toggle("--sort-keys", "-S"),
        toggle("--exit-status", "-e"),
        toggle("--null-input", "-n"),
        toggle("--slurp", "-s"),
        toggle("--raw-input", "-R"),
        toggle("--stream"),
        toggle("--tab"),
        { name: "--indent", type: { kind: "integer", min: 0, max: 7 }, class: "output" },
        named("--arg", /^[^\0]*$/, "a name and a text"),
        named("--argjson", /^(true|false|null|-?[0-9].*|["[{].*)$/s, "a name and JSON"),
      ],
    },
  ],
  printsAlone: printsShort,
  refusedFlags: refusalTable(["--from-file -f --slurpfile --rawfile --argfile -L --args --jsonargs", readsFiles]),
};
