// Flags that several verbs of git share. Data for git.ts.
import { toggle } from "./text.ts";
import type { Flag } from "./types.ts";

export const number = (name: `--${string}`, max: number, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type: { kind: "integer", min: 0, max },
  class: "limit",
});

export const choice = (name: `--${string}`, values: readonly string[], bare?: string): Flag => ({
  name,
  type: { kind: "enum", values },
  ...(bare === undefined ? {} : { glued: true, bare }),
  class: "output",
});

/** A flag whose value is words to look for: data, on one line. */
export const words = (name: `--${string}`, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type: { kind: "pattern", pattern: /^[^\n\r]{1,512}$/, looksLike: "words on one line" },
  class: "filter",
});

/** A flag that names a commit. */
export const commit = (name: `--${string}`): Flag => ({
  name,
  type: { kind: "pattern", pattern: /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}([~^][0-9]{0,4}){0,8}$/, looksLike: "main" },
  class: "filter",
});

/** Rendered always, whatever the caller wrote: drivers that attributes name are programs. */
export const pinned = (name: `--${string}`): Flag => ({ name, type: { kind: "boolean" }, class: "pin" });
export const noDrivers = { "--no-ext-diff": "true", "--no-textconv": "true" } as const;
export const driverPins: readonly Flag[] = [pinned("--no-ext-diff"), pinned("--no-textconv")];

/**
 * Placeholders that print what a commit holds. Not `%x1b` and colours (control characters), nor `%G` (runs gpg).
 * Sources: git-log(1), "PRETTY FORMATS", 2.39.
 */
const placeholder = String.raw`%(?:[HhTtPpBbsSfNdDen%]|[ac][neENldrtiIsh]|x09|x20)`;
const template = String.raw`(?:[^%\n\r]|${placeholder}){1,512}`;
const named = "oneline|short|medium|full|fuller|reference";

/** `--pretty` and `--format` are one flag; both want their value behind `=`. */
export const format: Flag = {
  name: "--format",
  aliases: ["--pretty"],
  type: {
    kind: "pattern",
    pattern: new RegExp(`^(?:${named}|(?:format:|tformat:)${template}|(?=[^%]*%)${template})$`),
    looksLike: "oneline or format:%h %an %s",
  },
  glued: true,
  bare: "medium",
  class: "output",
};

export const date: Flag = {
  name: "--date",
  type: {
    kind: "enum",
    values: [
      "relative",
      "local",
      "iso",
      "iso8601",
      "iso-strict",
      "iso8601-strict",
      "rfc",
      "rfc2822",
      "short",
      "human",
      "unix",
      "default",
    ],
  },
  class: "output",
};

/** A point in time in git's own words; only plain characters. */
const moment = (name: `--${string}`, alias: string): Flag => ({
  name,
  aliases: [alias],
  type: { kind: "pattern", pattern: /^[A-Za-z0-9][A-Za-z0-9 .:+-]{0,63}$/, looksLike: "2.days.ago or 2026-01-31" },
  class: "filter",
});

/** What of a history is listed, and in which order. */
export const selection: readonly Flag[] = [
  number("--max-count", 5000, "-n"),
  number("--skip", 100_000),
  words("--author"),
  words("--committer"),
  words("--grep"),
  toggle("--regexp-ignore-case", "-i"),
  toggle("--fixed-strings", "-F"),
  toggle("--all-match"),
  moment("--since", "--after"),
  moment("--until", "--before"),
  toggle("--merges"),
  toggle("--no-merges"),
  toggle("--first-parent"),
  toggle("--reverse"),
  toggle("--all"),
  toggle("--branches"),
  toggle("--tags"),
  toggle("--remotes"),
  toggle("--date-order"),
  toggle("--topo-order"),
];

/** How a commit is shown. */
export const commitLook: readonly Flag[] = [
  toggle("--oneline"),
  format,
  date,
  choice("--decorate", ["short", "full", "auto", "no"], "short"),
  toggle("--no-decorate"),
  toggle("--abbrev-commit"),
  toggle("--no-abbrev-commit"),
  toggle("--parents"),
];

/** How a difference is shown, and what counts as one. */
export const differenceLook: readonly Flag[] = [
  toggle("--patch", "-p", "-u"),
  toggle("--no-patch", "-s"),
  toggle("--stat"),
  toggle("--shortstat"),
  toggle("--numstat"),
  toggle("--summary"),
  toggle("--patch-with-stat"),
  toggle("--compact-summary"),
  toggle("--dirstat"),
  toggle("--raw"),
  toggle("--name-only"),
  toggle("--name-status"),
  number("--unified", 100, "-U"),
  toggle("--function-context", "-W"),
  toggle("--ignore-all-space", "-w"),
  toggle("--ignore-space-change", "-b"),
  toggle("--ignore-space-at-eol"),
  toggle("--ignore-blank-lines"),
  toggle("--minimal"),
  toggle("--patience"),
  toggle("--histogram"),
  toggle("--find-renames", "-M"),
  toggle("--no-renames"),
  toggle("--full-index"),
  // Not `porcelain`, which puts a key and its value on lines of their own: redaction would not know the value.
  choice("--word-diff", ["plain", "none"], "plain"),
  {
    name: "--diff-filter",
    type: { kind: "pattern", pattern: /^[ACDMRTacdmrt]{1,12}$/, looksLike: "AM" },
    class: "filter",
  },
  choice("--color", ["never"]),
  toggle("--no-color"),
];

type Exclusive = readonly (readonly `--${string}`[])[];

/** Of these git lets the last one win. */
export const exclusiveLooks: Exclusive = [
  ["--oneline", "--format"],
  ["--oneline", "--no-abbrev-commit"],
  ["--abbrev-commit", "--no-abbrev-commit"],
  ["--decorate", "--no-decorate"],
];
export const exclusiveOrders: Exclusive = [["--date-order", "--topo-order"]];
const outputs = [
  "--patch --stat --shortstat --numstat --summary --patch-with-stat --compact-summary --dirstat --raw --name-only",
  "--name-status --unified --check",
]
  .join(" ")
  .split(" ");
const isFlagName = (text: string): text is `--${string}` => text.startsWith("--");
export const exclusiveDifferences: Exclusive = [
  ...outputs.filter(isFlagName).map((name) => ["--no-patch", name] as const),
  ["--name-only", "--name-status", "--check"],
  ["--minimal", "--patience", "--histogram"],
  ["--find-renames", "--no-renames"],
];

export const quiet = toggle("--quiet", "-q");
