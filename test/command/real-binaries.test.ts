// The grammars against the programs themselves: each accepts every flag that we render. Missing programs are skipped.
import { describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import type { Flag, VerbGrammar } from "../../src/command/grammar/types.ts";
import { locate, run } from "./installed.ts";
import { commandOf } from "./reading.ts";

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
  // A comment to sed and to yq.
  ["--expression", "# nothing"],
  ["--assign", "a=1"],
  ["--date", "@0"],
  ["--body-numbering", "a"],
  ["--header-numbering", "n"],
  ["--footer-numbering", "pa"],
  ["--number-format", "rz"],
  ["--number-separator", ": "],
  ["--number-width", "4"],
  ["--join-blank-lines", "2"],
  ["--separator", ","],
  ["--output-separator", " "],
  ["--delimiters", ",;"],
  ["--table-name", "pods"],
  ["--table-columns", "a,b"],
  ["--table-right", "1"],
  ["--table-hide", "2"],
  ["--table-order", "1"],
  ["--table-truncate", "1"],
  ["--table-wrap", "1"],
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
  ["--header", "Accept: application/json"],
  ["--data-urlencode", "query=up"],
  ["--write-out", "%{http_code}\\n"],
  ["--filter", "^web$"],
  ["--for", "Kustomization/web"],
  ["--status-selector", "ready=false"],
  ["--kind", "Kustomization"],
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
  if (flag.optional !== undefined) return [`${flag.name}=${value}`];
  return flag.glued === true ? [`${flag.name}=${value}`] : [flag.name, value];
}

/** Operands that make a verb whole; flags that exclude a name stand for it. */
function operandsOf({ operands }: VerbGrammar, flag: Flag): readonly string[] {
  const selects = ["--selector", "--field-selector", "--all-namespaces"].includes(flag.name);
  switch (operands.kind) {
    case "pattern-or-standard-input":
      return flag.name === operands.flag ? [] : ["a"];
    case "program":
      return flag.name === operands.flag
        ? []
        : [operands.language === "sed" ? "p" : operands.language === "gawk" ? "{print}" : "."];
    case "request":
      // Nobody listens there.
      if (flag.name === "--version") return [];
      return [...(flag.name === "--data-urlencode" ? ["--get"] : []), "http://127.0.0.1:1/"];
    case "character-sets":
      return flag.name === "--delete" ? ["a"] : ["a", "b"];
    case "resources":
      return operands.one === undefined ? ["pods"] : [`${operands.one.types?.[0] ?? "pods"}/web`];
    case "assignments":
      return ["pods/web", operands.of === "image" ? "web=nginx" : "a=b"];
    case "node":
      return ["n1"];
    case "logs":
      return flag.name === "--selector" ? [] : ["web"];
    case "top":
      return selects ? ["pods"] : ["pods", "web"];
    case "explain":
      return ["pods"];
    case "can-i":
      return flag.name === "--list" ? [] : ["get", "pods/web"];
    case "release":
      return operands.changes === true ? ["web", "2"] : ["web"];
    case "flux-objects":
      return ["kustomization", ...(selects || flag.name === "--label-selector" ? [] : ["web"])];
    case "flux-trace":
      return ["pods", "web"];
    case "gh-number":
      return ["17"];
    case "gh-repository":
      return ["o/r"];
    case "releases":
    case "flux-report":
    case "none":
    case "standard-input":
    case "manifest":
    case "date-format":
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

/** Flags without which the verb is not understood. */
const needed = ({ requires = [], flags }: VerbGrammar, but: Flag): readonly string[] =>
  flags.filter(({ name }) => requires.includes(name) && name !== but.name).flatMap(wordsOf);

const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";

const unknown =
  /unknown (flag|shorthand|command|option)|unrecognized option|invalid option|invalid argument|extra operand|Unknown arguments|is unknown/;

const alone = [...grammars.values()].filter(({ spec }) => spec.name !== "git");

describe.each(alone.map((grammar) => [grammar.spec.name, grammar] as const))("%s", (_name, grammar) => {
  const file = locate(grammar);
  const rows = grammar.verbs.flatMap((verb) =>
    [...grammar.globalFlags, ...verb.flags].map(
      (flag) => [[...verb.verb, ...wordsOf(flag)].join(" "), verb, flag] as const,
    ),
  );

  it.skipIf(file === undefined).each(rows)("takes what we render for %s", (_words, verb, flag) => {
    const given = [grammar.spec.name, ...verb.verb, ...wordsOf(flag), ...needed(verb, flag), ...operandsOf(verb, flag)];
    const stdin = verb.operands.kind === "manifest" ? manifest : undefined;
    const [, ...rendered] = commandOf(given, stdin).argv;
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

  it("is another awk, another yq, or another column", () => {
    const pattern = (name: string) => grammars.get(name)?.spec.versionPattern;
    expect(pattern("gawk")?.exec("GNU Awk 5.2.1, API 3.2, PMA Avon 8-g1\n")?.[1]).toBe("5.2");
    expect(pattern("gawk")?.test("mawk 1.3.4 20200120\n")).toBe(false);
    expect(pattern("gawk")?.test("BusyBox v1.36.1 () multi-call binary.\n")).toBe(false);
    expect(pattern("yq")?.exec("yq (https://github.com/mikefarah/yq/) version v4.54.2\n")?.[1]).toBe("4.54");
    expect(pattern("yq")?.test("yq 3.4.3\n")).toBe(false);
    expect(pattern("sed")?.exec("/usr/bin/sed (GNU sed) 4.9\n")?.[1]).toBe("4.9");
    expect(pattern("sed")?.test("sed (busybox) 1.36\n")).toBe(false);
    expect(pattern("column")?.exec("column from util-linux 2.38.1\n")?.[1]).toBe("2.38");
    expect(pattern("rev")?.test("rev (bsdmainutils)\n")).toBe(false);
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
