// gh, checked against 2.83.0: pull requests, issues and runs of one repository. Sources: gh's own --help and pkg/cmd. It asks
// the repository of --repo, which is always rendered; a URL operand would overrule it and is not understood.
import { refusedFlags, refusedPairs, refusedVerbs } from "./gh-refusals.ts";
import type { Flag, Grammar, ValueType, VerbGrammar } from "./types.ts";
import { requestPattern } from "./own-words.ts";

const boolean = { kind: "boolean" } as const;
const line = (looksLike: string, pattern = /^[^\n\r]{1,256}$/): ValueType => ({ kind: "pattern", pattern, looksLike });
const is = (name: `--${string}`, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type: boolean,
  class: "output",
});
const has = (name: `--${string}`, type: ValueType, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type,
  class: "filter",
});

const repo: Flag = {
  name: "--repo",
  aliases: ["-R"],
  type: line("OWNER/REPO", /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9_.-]{1,100}$/),
  class: "scope",
};
const limit = has("--limit", { kind: "integer", min: 1, max: 200 }, "-L");
const branch = line("main", /^[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}$/);
const user = line("@me", /^@?[A-Za-z0-9][A-Za-z0-9[\]-]{0,63}$/);
const label: Flag = { ...has("--label", line("bug"), "-l"), multi: true };
const search = has("--search", line("is:open label:bug"), "-S");
const fields: Flag = {
  name: "--json",
  type: line("title,state", /^[A-Za-z]{1,40}(,[A-Za-z]{1,40}){0,60}$/),
  class: "output",
};
const jq: Flag = {
  name: "--jq",
  aliases: ["-q"],
  type: { kind: "pattern", pattern: /\S/, looksLike: ".[].number", program: true },
  class: "output",
};
const asJson = [fields, jq];
const state = (...values: readonly string[]): Flag => has("--state", { kind: "enum", values }, "-s");

const asks = { effect: "read", egress: true, onRepository: true, answers: [{ codes: [0] }] } as const;
const text = (looksLike: string): ValueType => ({
  kind: "pattern",
  pattern: requestPattern,
  looksLike,
  program: true,
});

const verbs: readonly VerbGrammar[] = [
  {
    ...asks,
    verb: ["pr", "list"],
    operands: { kind: "none" },
    defaults: { "--limit": "30" },
    flags: [
      repo,
      limit,
      state("open", "closed", "merged", "all"),
      label,
      search,
      has("--author", user, "-A"),
      has("--assignee", user, "-a"),
      has("--base", branch, "-B"),
      has("--head", branch, "-H"),
      is("--draft", "-d"),
      ...asJson,
    ],
  },
  {
    ...asks,
    verb: ["pr", "view"],
    operands: { kind: "gh-number" },
    flags: [repo, is("--comments", "-c"), ...asJson],
  },
  {
    ...asks,
    verb: ["pr", "checks"],
    operands: { kind: "gh-number" },
    // 8: some checks are still pending. 1 is also any error of gh's.
    answers: [{ codes: [0, 8] }],
    flags: [repo, is("--required")],
  },
  {
    ...asks,
    verb: ["pr", "diff"],
    operands: { kind: "gh-number" },
    flags: [repo, is("--name-only"), is("--patch"), has("--color", { kind: "enum", values: ["never"] })],
  },
  {
    ...asks,
    verb: ["pr", "create"],
    effect: "write",
    operands: { kind: "none" },
    requires: ["--title", "--body", "--head"],
    flags: [
      repo,
      has("--title", text("what it changes"), "-t"),
      has("--body", text("why, and how it was tested"), "-b"),
      has("--head", branch, "-H"),
      { ...has("--base", branch, "-B"), fallback: "baseBranch" },
      is("--draft", "-d"),
    ],
  },
  {
    ...asks,
    verb: ["issue", "list"],
    operands: { kind: "none" },
    defaults: { "--limit": "30" },
    flags: [
      repo,
      limit,
      state("open", "closed", "all"),
      label,
      search,
      has("--author", user, "-A"),
      has("--assignee", user, "-a"),
      has("--mention", user),
      has("--milestone", line("v1"), "-m"),
      ...asJson,
    ],
  },
  {
    ...asks,
    verb: ["issue", "view"],
    operands: { kind: "gh-number" },
    flags: [repo, is("--comments", "-c"), ...asJson],
  },
  {
    ...asks,
    verb: ["run", "list"],
    operands: { kind: "none" },
    defaults: { "--limit": "20" },
    flags: [
      repo,
      limit,
      // `-w` is --web elsewhere: only the long spelling is taken.
      has("--workflow", line("build.yml")),
      has("--branch", branch, "-b"),
      has("--user", user, "-u"),
      ...asJson,
    ],
  },
  {
    ...asks,
    verb: ["run", "view"],
    operands: { kind: "gh-number" },
    flags: [
      repo,
      is("--verbose", "-v"),
      is("--log"),
      is("--log-failed"),
      is("--exit-status"),
      has("--job", { kind: "pattern", pattern: /^[1-9][0-9]{0,14}$/, looksLike: "12345" }, "-j"),
      ...asJson,
    ],
  },
  {
    ...asks,
    verb: ["workflow", "list"],
    operands: { kind: "none" },
    defaults: { "--limit": "50" },
    flags: [repo, limit, is("--all", "-a")],
  },
  {
    ...asks,
    onRepository: false,
    verb: ["repo", "view"],
    operands: { kind: "gh-repository" },
    flags: [has("--branch", branch, "-b"), ...asJson],
  },
];

export const gh: Grammar = {
  spec: {
    name: "gh",
    sandbox: "gh",
    probe: ["--version"],
    versionPattern: /^gh version ([0-9]+\.[0-9]+\.[0-9]+)/,
    atLeast: "2.23",
    below: "3.0",
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
  verbs,
  refusedVerbs: new Map([...refusedVerbs, ...refusedPairs]),
  refusedFlags,
  helpFlags: ["--help"],
  printsAlone: new Map([
    ["--version", "--version"],
    ["version", "--version"],
    ["--help", "--help"],
  ]),
  manyLines: true,
};
