// Which operators a yq v4 expression uses, and the words around it: policy forbids by these lists.
import { describe, expect, it } from "vitest";
import { listYqIdentifiers } from "../../src/command/programs/yq.ts";
import { commandOf, refusalOf, rendered, type Words } from "./reading.ts";

const names = (expression: string): readonly string[] => commandOf(["yq", expression]).programs[0]?.identifiers ?? [];

describe("operators that are in use are listed", () => {
  const table: readonly (readonly [expression: string, operators: readonly string[]])[] = [
    ["env", ["env"]],
    ["env(HOME)", ["env"]],
    ["strenv(HOME) | length", ["length", "strenv"]],
    [".a |= envsubst(ne,nu)", ["envsubst"]],
    [".a|envsubst", ["envsubst"]],
    ["eval(.expr)", ["eval"]],
    ['load("/x")', ["load"]],
    ['load_str("/x")', ["load_str"]],
    ['strload("/x")', ["strload"]],
    ['xmlload("/x")', ["xmlload"]],
    ['system("id")', ["system"]],
    ['. *+ load("x")', ["load"]],
    ['.a+load("x")', ["load"]],
    [".a//load(.b)", ["load"]],
    ['..|load("x")', ["load"]],
    ["1load(.a)", ["load"]],
    ["{(env(A)): 1}", ["env"]],
    ['.["a"] = load(.b)', ["load"]],
    ['"\\(load(.a))"', ["load"]],
    ['"x \\(.a) \\(..load(.b))"', ["load"]],
    ['"\\(lengtheval(.a))"', ["eval", "length"]],
    ['"\\\\(env(A))"', ["env"]],
    ["# words\nenv(A)", ["env"]],
    [". as $x ireduce ({}; . * $x)", ["as", "ireduce"]],
    ['to_entries|map(.key)|join(",")', ["join", "map", "to_entries"]],
    [".a | @base64d", ["@base64d"]],
  ];
  it.each(table)("%j", (expression, operators) => {
    expect(names(expression)).toEqual(operators);
  });
});

describe("paths, variables, strings and comments are data", () => {
  const table: readonly (readonly [expression: string, operators: readonly string[]])[] = [
    [".", []],
    [".env.NAME", []],
    [".a.load.eval[0].system", []],
    [".a-load", []],
    ['."load"', []],
    ['.metadata.labels."app.kubernetes.io/name"', []],
    ['.["load"]', []],
    ['"load(1) env(HOME)"', []],
    ['"\\(.env.NAME)"', []],
    ["$env", []],
    ["# load(1)", []],
    [".a[1:3]", []],
    ['.a // "x"', []],
    [".a = true", ["true"]],
    [".spec.replicas = 3 | .a += 1 | .b |= . * 2", []],
    ['... comments=""', ["comments"]],
  ];
  it.each(table)("%j", (expression, operators) => {
    expect(names(expression)).toEqual(operators);
  });
});

describe("expressions that yq would cut in another way are refused", () => {
  it.each([
    "lengthload(.a)",
    "@base64dload(.a)",
    "trueload(.a)",
    "foo(.a)",
    "{name: .a}",
    '."a b"',
    '."x load(" | "y"',
    '.a//"x"',
    '.a"load(',
    ".a#load",
    '"open',
    "'x'",
    ".a =contains(.b)",
    'env(A"B)',
    "`id`",
  ])("%j", (expression) => {
    expect(refusalOf(["yq", expression]).message).toMatch(/^The yq program .{8,}\.$/);
  });
});

describe("yq's words", () => {
  const pins = "--security-disable-env-ops=true --security-disable-file-ops=true";
  const table: readonly (readonly [words: Words, argv: string])[] = [
    ["yq .a", `yq ${pins} --expression=.a -`],
    ["yq .a -", `yq ${pins} --expression=.a -`],
    ["yq -", `yq ${pins} --expression=. -`],
    ["yq -P", `yq ${pins} --prettyPrint --expression=. -`],
    ["yq --expression .a", `yq ${pins} --expression=.a -`],
    ["yq --security-disable-env-ops .a", `yq ${pins} --expression=.a -`],
    ["yq -n '1 + 1'", `yq ${pins} --null-input --expression=1 + 1`],
    ["yq -ojson -I0 .a", `yq ${pins} --indent=0 --output-format=json --expression=.a -`],
    ["yq -o=j -p xml .a", `yq ${pins} --input-format=xml --output-format=j --expression=.a -`],
    ["yq -r=false .a", `yq ${pins} --unwrapScalar=false --expression=.a -`],
    ["yq -e=false .a", `yq ${pins} --expression=.a -`],
    ["yq -V", "yq --version"],
    ["yq --help", "yq --help"],
  ];
  it.each(table)("%j", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });

  it("--exit-status makes 1 an answer", () => {
    expect(commandOf("yq .a").answerExitCodes).toEqual([0]);
    expect(commandOf("yq -e .a").answerExitCodes).toEqual([0, 1]);
  });

  const refused: readonly (readonly [words: Words, index: number])[] = [
    ["yq /etc/passwd", 1],
    ["yq /./etc/passwd", 1],
    ["yq --expression=//.a", 1],
    ["yq . /etc/passwd", 2],
    ["yq . - -", 3],
    ["yq -n . -", 3],
    ["yq --expression . /etc/passwd", 3],
    ["yq eval .a", 1],
    ["yq ea .a", 1],
    ["yq -i .a", 1],
    ["yq -Pi .a", 1],
    ["yq -s .a .", 1],
    ["yq --split-exp .a .", 1],
    ["yq --split .a .", 1],
    ["yq --from-file /etc/passwd", 1],
    ["yq -f extract .", 1],
    ["yq -y .", 1],
    ["yq --security-disable-env-ops=false .", 1],
    ["yq --security-enable-system-operator .", 1],
    ["yq -o exe .", 1],
    ["yq --expression .a --expression .b", 3],
  ];
  it.each(refused)("%j is refused at word %i", (words, index) => {
    expect(refusalOf(words).position).toEqual({ stage: 0, index });
  });
});

describe("long expressions", () => {
  it("are read in time that grows with their length", () => {
    const expression = '.a.b | select(.c == "d") | "\\(.e)" + '.repeat(4_000);
    const started = performance.now();
    expect(listYqIdentifiers(expression)).toMatchObject({ identifiers: ["select"] });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
