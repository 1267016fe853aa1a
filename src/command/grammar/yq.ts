// yq v4 (github.com/mikefarah/yq), always without its environment and file operators: one expression over standard input.
// Flags by the --help of 4.54.2; the two pins came with 4.49. Python's yq is another program and is refused.
import { refusalTable } from "./refusal-table.ts";
import { printsShort } from "./text.ts";
import type { Flag, Grammar } from "./types.ts";

const toggle = (name: `--${string}`, alias: string): Flag => ({
  name,
  aliases: [alias],
  type: { kind: "boolean" },
  falseIsDefault: true,
  class: "output",
});

/** `--x` and `--x=true`; `--x=false` would take the bolt off. */
const bolt = (name: `--${string}`): Flag => ({
  name,
  type: { kind: "enum", values: ["true"] },
  optional: "true",
  class: "pin",
});

const formats = "yaml y json j props p csv c tsv t xml x base64 uri toml ini i lua l kyaml ky hcl h auto a".split(" ");
const format = (name: `--${string}`, alias: string): Flag => ({
  name,
  aliases: [alias],
  type: { kind: "enum", values: formats },
  class: "output",
});

const files = { message: "it reads or writes files.", try: "put it behind a pipe" };
const bolts = { message: "the server sets what yq may do.", try: "leave it out" };
const otherYq = { message: "it belongs to another yq, a wrapper of jq.", try: "--output-format=yaml" };

export const yq: Grammar = {
  spec: {
    name: "yq",
    probe: ["--version"],
    versionPattern: /^yq \(https:\/\/github\.com\/mikefarah\/yq\/\) version v?([0-9]+\.[0-9]+)/,
    atLeast: "4.49",
    below: "4.60",
  },
  syntax: {
    longEquals: true,
    gluedShorts: true,
    shortEquals: true,
    booleanValues: true,
    foldUnderscores: false,
    doubleDash: true,
  },
  globalFlags: [],
  verbs: [
    {
      verb: [],
      effect: "read",
      egress: false,
      operands: {
        kind: "program",
        language: "yq",
        flag: "--expression",
        fallback: ".",
        dashUnless: "--null-input",
        notPrograms: ["eval", "e", "eval-all", "ea", "completion", "help"],
      },
      answers: [{ codes: [0] }, { codes: [0, 1], whenFlag: "--exit-status" }],
      pins: { "--security-disable-env-ops": "true", "--security-disable-file-ops": "true" },
      flags: [
        bolt("--security-disable-env-ops"),
        bolt("--security-disable-file-ops"),
        toggle("--null-input", "-n"),
        toggle("--exit-status", "-e"),
        toggle("--no-doc", "-N"),
        toggle("--no-colors", "-M"),
        toggle("--prettyPrint", "-P"),
        { name: "--unwrapScalar", aliases: ["-r"], type: { kind: "boolean" }, class: "output" },
        { name: "--indent", aliases: ["-I"], type: { kind: "integer", min: 0, max: 8 }, class: "output" },
        format("--input-format", "-p"),
        format("--output-format", "-o"),
        {
          name: "--expression",
          type: { kind: "pattern", pattern: /^[^]+$/, looksLike: "a yq expression", program: true },
          class: "filter",
        },
      ],
    },
  ],
  printsAlone: printsShort,
  refusedFlags: refusalTable(
    ["-i --inplace -s --split-exp --split-exp-file --from-file -f --front-matter", files],
    ["--security-enable-system-operator --security-force-never-escape-shell-output", bolts],
    ["-y -Y --yaml-output --yaml-roundtrip --in-place", otherYq],
  ),
};
