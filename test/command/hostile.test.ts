// Input from someone who wants it to break: nothing makes understand() throw, hang, or accept what it cannot render.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { understand } from "../../src/command/understand.ts";
import { argvs } from "./command-lines.ts";
import { counterexample } from "./counterexample.ts";
import { read, refusalOf, settings } from "./reading.ts";

const nasty = fc.constantFrom(
  "kubectl",
  "get",
  "pods",
  "logs",
  "-n",
  "-A",
  "--",
  "-",
  "--=",
  "-=",
  "--output=",
  "-o",
  "=",
  "|",
  "'",
  '"',
  "\\",
  "$",
  "`",
  ";",
  "&",
  "#",
  "~",
  "*",
  "{",
  "}",
  "(",
  ")",
  "\\(",
  "env",
  "jq",
  "grep",
  "sort",
  "head",
  "--help",
  "-h",
  "__proto__",
  "constructor",
  "\u0000",
  "\u202e",
  "\ud800",
  "all",
  "po,svc",
  "a/b",
  "/",
  ",",
  ".",
  "{{",
  "}}",
  "go-template={{",
  '{{"',
  "\n",
  "\r",
  "\t",
  " ",
  "--namespace=__proto__",
  "-k",
  "1,1",
);
const fragments = fc.oneof(
  nasty,
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);

/** Understood or refused in words; whatever is understood renders to something that is understood again. */
function holds(words: string | readonly string[]): boolean {
  const result = read(words);
  if (result.ok) return result.plan.steps.flatMap(({ stages }) => stages).every(({ argv }) => read(argv).ok);
  const { message, token = "", try: hint = "" } = result.refusal;
  const isWord = /^.{8,1500}$/.test(message) && !/undefined|\[object|NaN/.test(message.replace(/`[^`]*`/g, ""));
  return isWord && token.length < 1000 && [message, token, hint].every((text) => text.isWellFormed());
}

describe("no input makes understand() throw", () => {
  it("command lines of fragments", () => {
    const lines = fc
      .tuple(fc.array(fragments, { maxLength: 12 }), fc.constantFrom("", " "))
      .map(([parts, separator]) => parts.join(separator));
    expect(counterexample(lines, holds, 20_000)).toBeUndefined();
  });

  it("argvs of fragments after a real binary", () => {
    const binary = fc.constantFrom(...grammars.keys(), "awk", "");
    const words = fc.tuple(binary, fc.array(fragments, { maxLength: 8 })).map(([name, rest]) => [name, ...rest]);
    expect(counterexample(words, holds, 20_000)).toBeUndefined();
  });

  it("understood argvs with one word broken, doubled or dropped", () => {
    const damaged = fc.tuple(argvs, fc.nat(), fragments, fc.nat(3)).map(([{ argv }, place, fragment, how]) => {
      const at = place % argv.length;
      const word = argv[at] ?? "";
      const changed = [[fragment], [word, word], [], [`${word}${fragment}`]][how] ?? [];
      return [...argv.slice(0, at), ...changed, ...argv.slice(at + 1)];
    });
    expect(counterexample(damaged, holds, 10_000)).toBeUndefined();
  });
});

describe("large input is refused by its size", () => {
  const megabyte = "x".repeat(1024 * 1024);
  it("in a command line, a word, a binary and standard input", () => {
    expect(refusalOf(megabyte).message).toMatch(/longer than 8192 bytes/);
    expect(refusalOf(`grep '${megabyte}`).message).toMatch(/longer than 8192 bytes/);
    expect(refusalOf(["grep", megabyte]).message).toMatch(/longer than 8192 bytes/);
    expect(refusalOf(["jq", megabyte]).message).toMatch(/longer than 16384 bytes/);
    expect(refusalOf([megabyte]).token?.length).toBeLessThan(200);
    expect(refusalOf(["kubectl", "apply", "-f", "-"], "x".repeat(100_000)).message).toMatch(/larger than 65536 bytes/);
    expect(refusalOf("grep x", megabyte).message).toMatch(/larger than 262144 bytes/);
    expect(refusalOf(["kubectl", "get", "pods", `--${"n".repeat(8000)}`]).message.length).toBeLessThan(1000);
    expect(refusalOf(["kubectl", "get", "p".repeat(8000)]).message.length).toBeLessThan(1000);
    expect(refusalOf(["kubectl", "v".repeat(8000)]).message.length).toBeLessThan(1000);
  });

  it("in 60,000 words", () => {
    const words = Array.from({ length: 60_000 }, () => "a");
    expect(refusalOf(["grep", ...words]).message).toMatch(/at most 256 words/);
    expect(refusalOf(`grep ${words.join(" ")}`).message).toMatch(/longer than 8192 bytes/);
  });

  it("unless the many steps of a draft are each small", () => {
    const steps = Array.from({ length: 20 }, () => ({ commandLine: "kubectl get pods" }));
    expect(understand({ action: "command", steps }, settings).ok).toBe(true);
  });
});

describe("time grows with the input and not with its square", () => {
  /** The shortest of several runs: what the machine does besides only ever adds. */
  const timeOf = (words: string | readonly string[], stdin?: string, runs = 15): number => {
    const times = Array.from({ length: runs }, () => {
      const start = performance.now();
      read(words, stdin);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  const shapes: readonly (readonly [
    name: string,
    build: (size: number) => string | readonly string[],
    size: number,
  ])[] = [
    ["quotes", (size) => `grep ${"''".repeat(size / 2)}`, 8000],
    ["backslashes", (size) => `grep ${"\\\\".repeat(size / 2)}`, 8000],
    ["globs", (size) => `grep ${"*".repeat(size)}`, 8000],
    ["hashes", (size) => `grep x${"#".repeat(size)}`, 8000],
    ["unterminated quotes", (size) => `grep ${"'\"".repeat(size / 2)}`, 8000],
    ["brackets of jq", (size) => ["jq", "[1,".repeat(size / 3)], 15_000],
    ["strings of jq", (size) => ["jq", '"\\(1)"+'.repeat(size / 7) + "1"], 15_000],
    ["comments of jq", (size) => ["jq", "#\n".repeat(size / 2) + "."], 15_000],
    ["keys of jq", (size) => ["jq", `{${"a            ,".repeat(size / 14)}a}`], 15_000],
    [
      "escapes in a go-template",
      (size) => ["kubectl", "get", "pods", "-o", `go-template={{"${'\\"'.repeat(size / 2)}`],
      8000,
    ],
    [
      "openings in a go-template",
      (size) => ["kubectl", "get", "pods", "-o", `go-template=${"{{".repeat(size / 2)}`],
      8000,
    ],
    ["fields of cut", (size) => ["cut", "-f", "1".repeat(size)], 8000],
    ["durations", (size) => ["kubectl", "logs", "a", `--since=${"1s".repeat(size / 2)}x`], 8000],
    ["selectors", (size) => ["kubectl", "get", "pods", "-l", `${"a=b,".repeat(size / 4)}%`], 8000],
    ["types", (size) => ["kubectl", "get", `${"po,".repeat(size / 3)}po`], 8000],
    ["keys of sort", (size) => ["sort", "-k", "1".repeat(size)], 8000],
    ["a resource nobody knows", (size) => ["kubectl", "get", "z".repeat(size)], 8000],
    ["a flag nobody knows", (size) => ["kubectl", "get", `--${"z".repeat(size)}`], 8000],
  ];
  it.each(shapes)("%s", (_name, build, size) => {
    const small = timeOf(build(size / 8));
    const large = timeOf(build(size));
    // Eight times the input: linear is 8, a square is 64. A floor keeps timer noise out of tiny numbers.
    expect(large / Math.max(small, 0.05)).toBeLessThan(32);
  });

  const manifests: readonly (readonly [name: string, build: (size: number) => string])[] = [
    ["keys", (size) => Array.from({ length: size / 8 }, (_none, at) => `k${at}: v`).join("\n")],
    ["keys in one line", (size) => `{${Array.from({ length: size / 8 }, (_none, at) => `k${at}: v`).join(",")}}`],
    ["documents", (size) => "---\na\n".repeat(size / 6)],
    ["nested lists", (size) => "[".repeat(size)],
    ["nested dashes", (size) => "- ".repeat(size / 2)],
    ["anchors", (size) => Array.from({ length: size / 12 }, (_none, at) => `- &a${at} x`).join("\n")],
    ["commas", (size) => `[${",".repeat(size)}`],
    ["closing brackets", (size) => "]".repeat(size)],
    ["directives", (size) => "%\n".repeat(size / 2)],
    ["quotes", (size) => '"'.repeat(size)],
  ];
  it.each(manifests)("%s of a manifest", (_name, build) => {
    const apply = ["kubectl", "apply", "-f", "-"];
    const small = timeOf(apply, build(3750), 9);
    const large = timeOf(apply, build(30_000), 9);
    expect(large / Math.max(small, 0.05)).toBeLessThan(32);
  });
});
