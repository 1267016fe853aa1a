// Input from someone who wants it to break: nothing makes understand() throw, or accept what it cannot render. Its time: growth.test.ts.
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
