// Reading is linear: the time of tokenising and parsing grows with the input with an exponent of at most 1.1, over three decades of
// its size. At the front door up to the caps; beneath them, where a cap would end the measurement, far beyond.
import { describe, expect, it } from "vitest";
import { badCharacter } from "../../src/command/characters.ts";
import { crossRead } from "../../src/command/cross-read.ts";
import { grammarOf, grammars } from "../../src/command/grammar/grammars.ts";
import { readReferences } from "../../src/command/kubectl/references.ts";
import { createKindTable } from "../../src/command/kubectl/resources.ts";
import { listGawkIdentifiers } from "../../src/command/programs/gawk.ts";
import { listJqIdentifiers } from "../../src/command/programs/jq.ts";
import { listSedCommands } from "../../src/command/programs/sed.ts";
import { templateOf } from "../../src/command/programs/templates.ts";
import { listYqIdentifiers } from "../../src/command/programs/yq.ts";
import { readFlags } from "../../src/command/read-flags.ts";
import type { Token } from "../../src/command/refusal.ts";
import { readLine } from "../../src/command/tokenize.ts";
import { understand } from "../../src/command/understand.ts";
import type { DraftStep } from "../../src/domain/command.ts";
import { readUrl } from "../../src/command/urls/read-url.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";
import { growthExponent } from "./growth.ts";
import { read, settings, type Words } from "./reading.ts";

const atMost = 1.1;
const timeout = 120_000;

/** `text` over and over, up to `size` characters, between a start and an end. */
const filled = (text: string, size: number, start = "", end = ""): string =>
  start + text.repeat(Math.max(1, Math.floor((size - start.length - end.length) / text.length))) + end;
const token = (text: string, index = 0): Token => ({ text, stage: 0, index });
const times = <One>(count: number, one: (at: number) => One): readonly One[] =>
  Array.from({ length: count }, (_none, at) => one(at));

let asked = 0;
/** Equal drafts are understood once and remembered: no two of these are equal. */
const anew = (steps: readonly DraftStep[]) => {
  asked += 1;
  return understand({ action: "command", steps, reason: String(asked) }, settings);
};

describe("at the front door, up to the caps of a line and a word", () => {
  const lines: readonly (readonly [name: string, build: (size: number) => Words])[] = [
    ["one long word", (size) => filled("a", size, "grep ")],
    ["many words", (size) => filled("a ", size, "grep ")],
    ["many flags", (size) => filled("-i ", size, "grep ")],
    ["many values", (size) => filled("-ea ", size, "grep ")],
    ["a flag with many letters", (size) => filled("i", size, "grep -")],
    ["many stages", (size) => filled("|sort", size, "sort")],
    ["blanks", (size) => filled(" \t", size, "grep ", "a")],
    ["quotes", (size) => filled("''", size, "grep ")],
    ["quoted words", (size) => filled("'a' \"b\" ", size, "grep ")],
    ["backslashes", (size) => filled("\\\\", size, "grep ")],
    ["globs", (size) => filled("*", size, "grep ")],
    ["hashes", (size) => filled("#", size, "grep x")],
    ["quotes that are not closed", (size) => filled("'\"", size, "grep ", "'")],
    ["letters outside ASCII", (size) => filled("é", size, "grep ")],
    ["a binary nobody knows", (size) => filled("z", size)],
    ["a verb nobody knows", (size) => ["kubectl", filled("v", size)]],
    ["a resource nobody knows", (size) => ["kubectl", "get", filled("z", size)]],
    ["a flag nobody knows", (size) => ["kubectl", "get", filled("z", size, "--")]],
    ["a long name", (size) => ["kubectl", "get", "pods", filled("a", size)]],
    ["a list of types", (size) => ["kubectl", "get", filled("po,", size)]],
    ["a label selector", (size) => ["kubectl", "get", "pods", "-l", filled("a=b,", size, "", "c")]],
    ["a label selector that is none", (size) => ["kubectl", "get", "pods", "-l", filled("a=b,", size, "", "%")]],
    ["a field selector", (size) => ["kubectl", "get", "pods", "--field-selector", filled("a.b!=c,", size, "", "c=d")]],
    ["a duration", (size) => ["kubectl", "logs", "a", filled("1s", size, "--since=", "x")]],
    ["jsonpath", (size) => ["kubectl", "get", "pods", "-o", filled("{.items[*].a}", size, "jsonpath=")]],
    ["custom columns", (size) => ["kubectl", "get", "pods", "-o", filled("A:.a.b,", size, "custom-columns=", "B:.b")]],
    ["a go-template", (size) => ["kubectl", "get", "pods", "-o", filled("{{len .a}}", size, "go-template=")]],
    ["escapes in a go-template", (size) => ["kubectl", "get", "pods", "-o", filled('\\"', size, 'go-template={{"')]],
    ["openings in a go-template", (size) => ["kubectl", "get", "pods", "-o", filled("{{", size, "go-template=")]],
    ["a URL's query", (size) => ["curl", filled("a=b&", size, "http://prometheus.monitoring.svc:9090/api?")]],
    ["a URL's path", (size) => ["curl", filled("/a", size, "http://prometheus.monitoring.svc:9090")]],
    ["a URL's host", (size) => ["curl", filled("a.", size, "http://", "a/")]],
    ["a git path", (size) => ["git", "log", "--", filled("a/", size, "", "b")]],
    ["a git revision", (size) => ["git", "log", filled("~1", size, "HEAD")]],
    ["a message", (size) => ["git", "commit", "-m", filled("why it is so\n", size)]],
    ["a pattern", (size) => ["grep", "-E", filled("(a|b)*", size)]],
    ["a list of fields", (size) => ["cut", "-f", filled("1,", size, "", "2")]],
    ["a key", (size) => ["sort", "-k", filled("1", size)]],
    ["sets of characters", (size) => ["tr", filled("a-z", size), filled("[:alpha:]", size)]],
    ["a date", (size) => ["date", filled("%Y-", size, "+", "%d")]],
    ["a jq program", (size) => ["jq", filled(".a | ", size, "", ".b")]],
    ["a yq program", (size) => ["yq", filled(".a | ", size, "", ".b")]],
    ["a sed program", (size) => ["sed", filled("s/a/b/;", size)]],
    ["a gawk program", (size) => ["gawk", filled("{print $1} ", size)]],
  ];
  it.each(lines)("%s", { timeout }, (_name, build) => {
    const prepare = (size: number) => {
      const words = build(size);
      return () => anew([typeof words === "string" ? { commandLine: words } : { argv: words }]);
    };
    expect(growthExponent(prepare, 8, atMost)).toBeLessThanOrEqual(atMost);
  });

  const manifests: readonly (readonly [name: string, build: (size: number) => string])[] = [
    ["keys", (size) => times(size / 8, (at) => `k${at}: v`).join("\n")],
    ["keys in one line", (size) => `{${times(size / 8, (at) => `k${at}: v`).join(",")}}`],
    ["documents", (size) => filled("---\na\n", size)],
    ["nested lists", (size) => filled("[", size)],
    ["nested dashes", (size) => filled("- ", size)],
    ["anchors", (size) => times(size / 12, (at) => `- &a${at} x`).join("\n")],
    ["commas", (size) => filled(",", size, "[")],
    ["closing brackets", (size) => filled("]", size)],
    ["directives", (size) => filled("%\n", size)],
    ["quotes", (size) => filled('"', size)],
    ["comments", (size) => filled("# a\n", size)],
    ["one long text", (size) => filled("x", size, "a: ")],
    ["a text over lines", (size) => filled("  a line\n", size, "a: |\n")],
    [
      "the data of a ConfigMap",
      (size) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${times(size / 12, (at) => `  k${at}: value`).join("\n")}`,
    ],
    [
      "the environment of a container",
      (size) =>
        `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    env:\n${times(size / 24, (at) => `    - {name: A${at}, value: b}`).join("\n")}`,
    ],
    [
      "JSON",
      (size) =>
        JSON.stringify({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "a" },
          data: { a: filled("x\n", size) },
        }),
    ],
  ];
  it.each(manifests)("%s of a manifest", { timeout }, (_name, build) => {
    const apply = ["kubectl", "apply", "-f", "-"];
    const prepare = (size: number) => {
      const text = build(size);
      return () => read(apply, text);
    };
    expect(growthExponent(prepare, 60, atMost)).toBeLessThanOrEqual(atMost);
  });

  it("many steps", { timeout }, () => {
    const prepare = (size: number) => {
      const steps = times(size, (at) => ({ argv: ["kubectl", "get", "pods", `web-${at}`] }));
      return () => anew(steps);
    };
    expect(growthExponent(prepare, 2, atMost)).toBeLessThanOrEqual(atMost);
  });
});

describe("beneath the caps, up to a hundred thousand characters", () => {
  const grep = grammarOf("grep");
  const flagsOfGrep = grep?.verbs[0]?.flags ?? [];
  const kinds = createKindTable([]);

  const text = (name: string, piece: string, start = "", end = "") => ({ name, piece, start, end });
  const lines = [
    text("one long word", "a"),
    text("words", "a "),
    text("stages", "a|", "", "b"),
    text("blanks", " \t"),
    text("quotes", "''"),
    text("quoted words", "'a b' \"c d\" "),
    text("backslashes", "\\\\"),
    text("escaped letters", "\\a"),
    text("an open quote", "a", "'"),
    text("letters outside ASCII", "é"),
    text("invisible characters", "a\u200b"),
  ];
  it.each(lines)("tokenising $name", { timeout }, ({ piece, start, end }) => {
    const prepare = (size: number) => {
      const line = filled(piece, size, start, end);
      return () => readLine(line);
    };
    expect(growthExponent(prepare, 100, atMost)).toBeLessThanOrEqual(atMost);
  });

  const programs = [
    { list: listJqIdentifiers, ...text("jq: pipes", ".a | ") },
    { list: listJqIdentifiers, ...text("jq: brackets", "[1,") },
    { list: listJqIdentifiers, ...text("jq: strings", '"\\(1)"+', "", "1") },
    { list: listJqIdentifiers, ...text("jq: an open string", '\\"', '"') },
    { list: listJqIdentifiers, ...text("jq: comments", "#\n") },
    { list: listJqIdentifiers, ...text("jq: keys", "a            ,", "{", "a}") },
    { list: listJqIdentifiers, ...text("jq: one word", "a") },
    { list: listJqIdentifiers, ...text("jq: qualified words", "a::") },
    { list: listJqIdentifiers, ...text("jq: digits", "1") },
    { list: listJqIdentifiers, ...text("jq: dots", ".") },
    { list: listYqIdentifiers, ...text("yq: pipes", ".a | ") },
    { list: listYqIdentifiers, ...text("yq: strings", '"\\(.a)" + ', "", "1") },
    { list: listYqIdentifiers, ...text("yq: an open string", '\\"', '"') },
    { list: listYqIdentifiers, ...text("yq: words in a string", "load.load", '"\\(', '"') },
    { list: listYqIdentifiers, ...text("yq: one path", "a-", ".") },
    { list: listYqIdentifiers, ...text("yq: digits", "1") },
    { list: listYqIdentifiers, ...text("yq: dots", ".") },
    { list: listYqIdentifiers, ...text("yq: signs", "*+") },
    { list: listYqIdentifiers, ...text("yq: a substitution", "ne,", "envsubst(") },
    { list: listSedCommands, ...text("sed: substitutions", "s/a/b/;") },
    { list: listSedCommands, ...text("sed: brackets", "[a-z]", "s/", "/b/") },
    { list: listSedCommands, ...text("sed: one bracket", "a", "s/[", "]/b/") },
    { list: listSedCommands, ...text("sed: classes", "[:alpha:]", "s/[", "]/b/") },
    { list: listSedCommands, ...text("sed: open brackets", "[", "s/") },
    { list: listSedCommands, ...text("sed: open brackets with letters", "[a", "s/") },
    { list: listSedCommands, ...text("sed: escapes", "\\/", "s/", "/b/") },
    { list: listSedCommands, ...text("sed: flags", "g", "s/a/b/") },
    { list: listSedCommands, ...text("sed: blocks", "{p;}", "", "") },
    { list: listSedCommands, ...text("sed: blanks", " \n;") },
    { list: listSedCommands, ...text("sed: addresses", "1,2p;") },
    { list: listSedCommands, ...text("sed: comments", "#a\n") },
    { list: listSedCommands, ...text("sed: texts", "a x\n") },
    { list: listGawkIdentifiers, ...text("gawk: prints", "{print $1} ") },
    { list: listGawkIdentifiers, ...text("gawk: digits", "1", "", "x") },
    { list: listGawkIdentifiers, ...text("gawk: digits and dots", "1.", "", "x") },
    { list: listGawkIdentifiers, ...text("gawk: one word", "a") },
    { list: listGawkIdentifiers, ...text("gawk: strings", '"a" ') },
    { list: listGawkIdentifiers, ...text("gawk: an open string", '\\"', '"') },
    { list: listGawkIdentifiers, ...text("gawk: an open pattern", "[a", "/") },
    { list: listGawkIdentifiers, ...text("gawk: a pattern with brackets", "[a-z]", "/", "/") },
    { list: listGawkIdentifiers, ...text("gawk: one bracket", "[:alpha:]", "/[", "]/") },
    { list: listGawkIdentifiers, ...text("gawk: an open bracket", "[:a:]", "/[") },
    { list: listGawkIdentifiers, ...text("gawk: comments", "#a\n") },
    { list: listGawkIdentifiers, ...text("gawk: parentheses", "(") },
    { list: listGawkIdentifiers, ...text("gawk: continued lines", "\\\n") },
    { list: templateOf, ...text("jsonpath: fields", "{.a.b}", "jsonpath=") },
    { list: templateOf, ...text("jsonpath: brackets", "['a']", "jsonpath=") },
    { list: templateOf, ...text("jsonpath: open brackets", "[ ", "jsonpath=") },
    { list: templateOf, ...text("jsonpath: quotes", "' ", "jsonpath=") },
    { list: templateOf, ...text("jsonpath: blanks", " ", "jsonpath=[", "x") },
    { list: templateOf, ...text("jsonpath: dots", ".", "jsonpath=") },
    { list: templateOf, ...text("jsonpath: one field", "secret", "jsonpath=.") },
    { list: templateOf, ...text("jsonpath: backslashes", "\\", "jsonpath=") },
    { list: templateOf, ...text("jsonpath: comparisons", "< ", "jsonpath=") },
    { list: templateOf, ...text("custom columns", "A:.a.b,", "custom-columns=") },
    { list: templateOf, ...text("go-template: actions", "{{len .a}}", "go-template=") },
    { list: templateOf, ...text("go-template: openings", "{{", "go-template=") },
    { list: templateOf, ...text("go-template: one field", "a", "go-template={{.") },
    { list: templateOf, ...text("go-template: fields", ".a ", "go-template={{") },
    { list: templateOf, ...text("go-template: dots", ".", "go-template={{") },
    { list: templateOf, ...text("go-template: blanks", " ", "go-template={{.a", "x") },
    { list: templateOf, ...text("go-template: strings", '"a" ', "go-template={{") },
    { list: templateOf, ...text("go-template: an open string", '\\"', 'go-template={{"') },
    { list: templateOf, ...text("go-template: open comments", "/*", "go-template={{") },
  ];
  it.each(programs)("$name", { timeout }, ({ list, piece, start, end }) => {
    const prepare = (size: number) => {
      const program = filled(piece, size, start, end);
      return () => list(program);
    };
    expect(growthExponent(prepare, 100, atMost)).toBeLessThanOrEqual(atMost);
  });

  const others: readonly (readonly [name: string, prepare: (size: number) => () => unknown])[] = [
    [
      "words that a second reader reads again",
      (size) => {
        const text = filled("'a b' c\\d ", size);
        const stages = readLine(text);
        return () => stages.ok && crossRead(text, stages.value);
      },
    ],
    [
      "many flags",
      (size) => {
        const tokens = times(size / 4, (at) => token(at % 2 === 0 ? "-ea" : "--regexp=b", at));
        return () => grep !== undefined && readFlags(tokens, flagsOfGrep, grep);
      },
    ],
    [
      "many operands",
      (size) => {
        const tokens = times(size / 4, (at) => token("a", at));
        return () => grep !== undefined && readFlags(tokens, flagsOfGrep, grep);
      },
    ],
    [
      "many objects",
      (size) => {
        const tokens = [token("pods"), ...times(size / 8, (at) => token(`web-${at}`, at))];
        return () => readReferences(tokens, token("get"), kinds, "default");
      },
    ],
    [
      "many TYPE/NAME",
      (size) => {
        const tokens = times(size / 8, (at) => token(`po/web-${at}`, at));
        return () => readReferences(tokens, token("get"), kinds, "default");
      },
    ],
    [
      "a URL",
      (size) => {
        const url = token(filled("/a?b=%20", size, "http://prometheus.monitoring.svc"));
        return () => readUrl(url);
      },
    ],
    [
      "a URL's path of dots",
      (size) => {
        const url = token(filled("/..", size, "http://prometheus.monitoring.svc"));
        return () => readUrl(url);
      },
    ],
    [
      "characters",
      (size) => {
        const text = filled("aé ", size);
        return () => badCharacter(text);
      },
    ],
  ];
  it.each(others)("%s", { timeout }, (_name, prepare) => {
    expect(growthExponent(prepare, 100, atMost)).toBeLessThanOrEqual(atMost);
  });

  const pieces = [
    "a",
    "1",
    "a.",
    "a-",
    "a/",
    "a=b,",
    "a,",
    "1,",
    "1-",
    "%h",
    "%",
    " ",
    ".a",
    ":",
    "a:b ",
    "Normal,",
    "\\n",
  ];
  const patterns = [...grammars.values()].flatMap(({ spec, globalFlags, verbs }) =>
    [...globalFlags, ...verbs.flatMap(({ flags }) => flags)].flatMap(({ name, type }) =>
      type.kind === "pattern" ? [[`${spec.name} ${name}`, type.pattern] as const] : [],
    ),
  );
  const distinct = [...new Map(patterns.map(([name, pattern]) => [pattern.source, [name, pattern] as const])).values()];
  it.each(distinct)("the value of %s", { timeout }, (_name, pattern) => {
    const prepare = (size: number) => {
      const texts = pieces.flatMap((piece) => [filled(piece, size), filled(piece, size, "", "!\n")]);
      return () => texts.filter((text) => pattern.test(text));
    };
    expect(growthExponent(prepare, 100, atMost)).toBeLessThanOrEqual(atMost);
  });

  it.each(pieces)("every text argument of every tool: %j", { timeout }, (piece) => {
    const prepare = (size: number) => {
      const calls = catalog.flatMap((tool) => {
        const text = filled(piece, size, "", "!");
        const whole = Object.fromEntries(tool.argumentNames.map((name) => [name, text]));
        return [
          { tool, own: whole },
          { tool, own: { [text]: text } },
        ];
      });
      return () => calls.map(({ tool, own }) => readArguments(tool, own, settings.endpoints));
    };
    expect(growthExponent(prepare, 100, atMost)).toBeLessThanOrEqual(atMost);
  });
});
