// The grammars against the programs themselves: each accepts every flag that we render. Missing programs are skipped.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import type { Flag, Grammar, VerbGrammar } from "../../src/command/grammar/types.ts";
import { commandOf } from "./reading.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folders = [path.join(root, ".tools/bin"), "/usr/local/bin", "/usr/bin", "/bin"];

const environment = {
  PATH: "/nonexistent",
  HOME: "/nonexistent",
  LC_ALL: "C.UTF-8",
  KUBECONFIG: "/nonexistent",
  KUBERC: "off",
};

const run = (file: string, words: readonly string[], input = "a b\n") =>
  spawnSync(file, words, { input, encoding: "utf8", env: environment, timeout: 20_000 });

/** The first program of that name which is the one the grammar was written for. */
function locate({ spec }: Grammar): string | undefined {
  return folders
    .map((folder) => path.join(folder, spec.name))
    .filter((file) => existsSync(file))
    .find((file) => {
      const { stdout } = run(file, spec.probe);
      const version = spec.versionPattern.exec(stdout)?.[1];
      const isOther = spec.impostor?.test(stdout) === true;
      return version !== undefined && !isOther && inRange(version, spec.atLeast, spec.below);
    });
}

const inRange = (version: string, atLeast: string, below: string): boolean =>
  compare(version, atLeast) >= 0 && compare(version, below) < 0;

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => text.split(".").map(Number));
  for (let at = 0; at < 3; at += 1) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One value that each flag takes; the type says it where the name does not. */
const samples: ReadonlyMap<string, string> = new Map([
  ["--regexp", "a"],
  ["--key", "1,2nr"],
  ["--field-separator", ":"],
  ["--delimiter", " "],
  ["--output-delimiter", ", "],
  ["--fields", "1"],
  ["--characters", "1-3"],
  ["--lines", "5"],
  ["--bytes", "5"],
  ["--argjson", "[1]"],
  ["--arg", "x"],
  ["--sort-by", ".metadata.name"],
  ["--label-columns", "app"],
  ["--since-time", "2026-01-31T12:00:00Z"],
  ["--types", "Warning"],
  ["--repo", "o/r"],
  ["--label", "bug"],
  ["--search", "is:open"],
  ["--author", "@me"],
  ["--assignee", "@me"],
  ["--user", "me"],
  ["--mention", "me"],
  ["--milestone", "v1"],
  ["--workflow", "build.yml"],
  ["--base", "main"],
  ["--head", "ai-sre/x"],
  ["--branch", "main"],
  ["--json", "number"],
  ["--jq", "."],
  ["--title", "x"],
  ["--body", "x"],
  ["--job", "1"],
  ["--api-version", "apps/v1"],
  ["--api-group", "apps"],
  ["--verbs", "list,get"],
]);

function wordsOf(flag: Flag): readonly string[] {
  const { type } = flag;
  const value = (() => {
    switch (type.kind) {
      case "boolean":
        return undefined;
      case "integer":
        return String(Math.max(1, type.min));
      case "duration":
        return "30s";
      case "enum":
        return type.values[0];
      case "namespace":
      case "name":
        return "web";
      case "selector":
        return "a=b";
      case "printer":
        return type.values[0];
      case "object":
        return "pod/web";
      case "pattern":
        return samples.get(flag.name);
    }
  })();
  if (value === undefined) return [flag.name];
  if (flag.arity === 2) return [flag.name, "name", value];
  return flag.glued === true ? [`${flag.name}=${value}`] : [flag.name, value];
}

/** Operands that make a verb whole; flags that exclude a name stand for it. */
function operandsOf({ operands }: VerbGrammar, flag: Flag): readonly string[] {
  const selects = ["--selector", "--field-selector", "--all-namespaces"].includes(flag.name);
  switch (operands.kind) {
    case "pattern-or-standard-input":
      return flag.name === operands.flag ? [] : ["a"];
    case "program":
      return ["."];
    case "character-sets":
      return flag.name === "--delete" ? ["a"] : ["a", "b"];
    case "resources":
      return operands.one === undefined ? ["pods"] : [`${operands.one.types[0] ?? "pods"}/web`];
    case "logs":
      return flag.name === "--selector" ? [] : ["web"];
    case "top":
      return selects ? ["pods"] : ["pods", "web"];
    case "explain":
      return ["pods"];
    case "can-i":
      return flag.name === "--list" ? [] : ["get", "pods/web"];
    case "gh-number":
      return ["17"];
    case "gh-repository":
      return ["o/r"];
    case "none":
    case "standard-input":
    case "events":
    // git is tried in a repository of its own: test/command/git-real.test.ts.
    case "git-revisions":
    case "git-paths":
    case "git-file":
    case "git-names":
    case "git-remote":
      return [];
  }
}

const unknown =
  /unknown (flag|shorthand|command|option)|unrecognized option|invalid option|invalid argument|extra operand|Unknown arguments/;

const alone = [...grammars.values()].filter(({ spec }) => spec.name !== "git");

describe.each(alone.map((grammar) => [grammar.spec.name, grammar] as const))("%s", (_name, grammar) => {
  const file = locate(grammar);
  const rows = grammar.verbs.flatMap((verb) =>
    [...grammar.globalFlags, ...verb.flags].map(
      (flag) => [[...verb.verb, ...wordsOf(flag)].join(" "), verb, flag] as const,
    ),
  );

  it.skipIf(file === undefined).each(rows)("takes what we render for %s", (_words, verb, flag) => {
    const needed = verb.flags.filter(({ name }) => name !== flag.name && verb.required?.includes(name) === true);
    const options = [flag, ...needed].flatMap(wordsOf);
    const given = [grammar.spec.name, ...verb.verb, ...options, ...operandsOf(verb, flag)];
    const [, ...rendered] = commandOf(given).argv;
    // kubectl reads its flags, and complains of them, before --help makes it print and end: no cluster is needed.
    const words = grammar.helpFlags === undefined ? rendered : [...rendered, "--help"];
    const { status, stderr } = run(file ?? "", words);
    const fails = grammar.helpFlags !== undefined && status !== 0;
    expect({ complaint: unknown.test(stderr) ? stderr : "", fails }).toEqual({ complaint: "", fails: false });
  });

  it.skipIf(file === undefined)("has a probe that the version range was written for", () => {
    expect(file).toBeDefined();
    const { status, stdout } = run(file ?? "", grammar.spec.probe);
    expect(status).toBe(0);
    expect(stdout).toMatch(grammar.spec.versionPattern);
  });
});

describe("the impostor of a version probe", () => {
  it("is a vendor's dispatcher under kubectl's name", () => {
    const spec = grammars.get("kubectl")?.spec;
    expect(spec?.impostor?.test('{"clientVersion": {"gitVersion": "v1.32.4-dispatcher"}}')).toBe(true);
    expect(spec?.impostor?.test('{"clientVersion": {"gitVersion": "v1.35.2"}}')).toBe(false);
  });

  it("is no GNU tool: other implementations of the text tools do not match", () => {
    const pattern = (name: string) => grammars.get(name)?.spec.versionPattern;
    expect(pattern("head")?.exec("head (GNU coreutils) 9.1\n")?.[1]).toBe("9.1");
    expect(pattern("head")?.test("head (uutils coreutils) 0.2.2\n")).toBe(false);
    expect(pattern("head")?.test("BusyBox v1.36.1 () multi-call binary.\n")).toBe(false);
    expect(pattern("grep")?.test("grep (BSD grep, GNU compatible) 2.6.0-FreeBSD\n")).toBe(false);
    expect(pattern("jq")?.exec("jq-1.7.1\n")?.[1]).toBe("1.7");
  });
});
