// git, checked against 2.39.5: what we understand of it. Sources: git's manual pages and its parse-options tables. No option
// stands before the verb, and every option is in its full spelling: git would take any unique beginning of one.
import { changing } from "./git-changing.ts";
import { reading } from "./git-reading.ts";
import { refusedFlags, refusedVerbs } from "./git-refusals.ts";
import type { Grammar } from "./types.ts";

export const git: Grammar = {
  spec: {
    name: "git",
    sandbox: "git",
    probe: ["--version"],
    versionPattern: /^git version ([0-9]+\.[0-9]+(?:\.[0-9]+)?)/,
    atLeast: "2.39",
    below: "3.0",
  },
  syntax: {
    longEquals: true,
    gluedShorts: true,
    shortEquals: false,
    booleanValues: false,
    foldUnderscores: false,
    doubleDash: true,
    endOfOptions: true,
    numericShort: "--max-count",
  },
  globalFlags: [],
  verbs: [...reading, ...changing],
  refusedVerbs,
  refusedFlags,
  printsAlone: new Map([
    ["--version", "--version"],
    ["version", "--version"],
    // Behind a verb --help opens a manual page; alone it prints.
    ["--help", "--help"],
    ["-h", "--help"],
  ]),
  manyLines: true,
};
