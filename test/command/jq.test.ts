// What a jq program names: policy forbids by these lists, so nothing that reaches outside may be missing from one.
import { describe, expect, it } from "vitest";
import { commandOf, refusalOf, rendered } from "./reading.ts";

const names = (program: string): readonly string[] => {
  const [listed] = commandOf(["jq", program]).programs;
  return listed?.identifiers ?? [];
};

describe("identifiers that are in use are listed", () => {
  const table: readonly (readonly [program: string, identifiers: readonly string[]])[] = [
    ["env", ["env"]],
    ["$ENV", ["$ENV"]],
    ["$ENV.TOKEN", ["$ENV"]],
    ["$ ENV", ["$ENV"]],
    ["$\n# words\n ENV", ["$ENV"]],
    ["{$ENV}", ["$ENV"]],
    ["{ $ ENV }", ["$ENV"]],
    ["{env}", ["env"]],
    ["{(env|keys[0]):1}", ["env", "keys"]],
    ["{a:env}", ["env"]],
    ["{a:1,b:env}", ["env"]],
    ["{a:1|env}", ["env"]],
    ["[.]|map(1)|[env]|.[0].TOKEN", ["env", "map"]],
    ["def f: env; f", ["def", "env", "f"]],
    ['"\\(env)"', ["env"]],
    ['"a\\("b\\(env)")"', ["env"]],
    ['@base64 "\\(env)"', ["@base64", "env"]],
    ['."\\(env.TOKEN)"', ["env"]],
    ['.["\\(env.TOKEN)"]', ["env"]],
    [".a[env|length]", ["env", "length"]],
    [".[env:env]", ["env"]],
    ["if env then env else 1 end", ["else", "end", "env", "if", "then"]],
    ["{a:if true, env then 1 else 2 end}", ["else", "end", "env", "if", "then", "true"]],
    ["..|env", ["env"]],
    ["1.|env", ["env"]],
    ["1 as $x|env", ["$x", "as", "env"]],
    ["# comment\nenv", ["env"]],
    ["env#comment", ["env"]],
    ["input_filename", ["input_filename"]],
    ["get_search_list", ["get_search_list"]],
    ['import "a" as $d; $d', ["$d", "as", "import"]],
    ['include "a"; 1', ["include"]],
    ['"a"|modulemeta', ["modulemeta"]],
    ["$__prog_args", ["$__prog_args"]],
    ["$__loc__", ["$__loc__"]],
    ["lib::env", ["lib::env"]],
    ["reduce .[] as [$a,$b] (0;.+$a)", ["$a", "$b", "as", "reduce"]],
    [".[]|@sh", ["@sh"]],
  ];
  it.each(table)("%j", (program, identifiers) => {
    expect(names(program)).toEqual(identifiers);
  });
});

describe("fields, keys and strings are data", () => {
  const table: readonly (readonly [program: string, identifiers: readonly string[]])[] = [
    [".", []],
    [".env", []],
    [".a.env.b", []],
    [".[].env?", []],
    ["...env", []],
    ['."env"', []],
    ['.["env"]', []],
    ['"env $ENV input_filename"', []],
    ['"a \\" env"', []],
    ['"a \\\\" | .env', []],
    ["{env:1}", []],
    ["{env : .a, import: .b}", []],
    ["{a:1, env:2}", []],
    ['{"env":1}', []],
    ["# env\n.", []],
    ["1e3 + .5 - 2.5E-7", []],
    ['.items[] | select(.status.phase != "Running") | .metadata.name', ["select"]],
    ["group_by(.a) | map({phase: .[0].a, n: length})", ["group_by", "length", "map"]],
  ];
  it.each(table)("%j", (program, identifiers) => {
    expect(names(program)).toEqual(identifiers);
  });
});

describe("programs that cannot be told apart are refused", () => {
  it.each([
    '"open',
    '"\\(1"',
    "(",
    "{[}]",
    ")",
    "[",
    "{",
    '"\\(env',
    "# a \\\nenv",
    `${"[".repeat(65)}${"]".repeat(65)}`,
  ])("%j", (program) => {
    expect(refusalOf(["jq", program]).message).toMatch(/^The jq program/);
  });

  it("a program of 16 KiB is read and a longer one is not", () => {
    expect(commandOf(["jq", `.${"a".repeat(16 * 1024 - 1)}`]).binary).toBe("jq");
    expect(refusalOf(["jq", `.${"a".repeat(16 * 1024)}`]).position).toEqual({ stage: 0, index: 1 });
  });
});

describe("jq's words", () => {
  it("flags come first, in one order and spelling", () => {
    expect(rendered(["jq", ".a", "-rc", "--arg", "x", "--rawfile", "-e"])).toBe(
      "jq --raw-output --compact-output --exit-status --arg x --rawfile .a",
    );
    expect(rendered("jq --indent 2 --argjson n 5 '.items[:$n]'")).toBe("jq --indent 2 --argjson n 5 .items[:$n]");
  });

  it("--exit-status makes 1 an answer", () => {
    expect(commandOf("jq .").answerExitCodes).toEqual([0]);
    expect(commandOf("jq -e .").answerExitCodes).toEqual([0, 1]);
  });

  const refused: readonly (readonly [words: string, index: number])[] = [
    ["jq", 0],
    ["jq . /etc/passwd", 2],
    ["jq . -", 2],
    ["jq -f /etc/passwd", 1],
    ["jq -nf /etc/passwd", 1],
    ["jq --from-file x", 1],
    ["jq --slurpfile a b .", 1],
    ["jq --rawfile a b .", 1],
    ["jq --argfile a b .", 1],
    ["jq -L/tmp .", 1],
    ["jq -L /tmp .", 1],
    ["jq --args . a", 1],
    ["jq --jsonargs . 1", 1],
    ["jq --raw . ", 1],
    ["jq --indent=2 .", 1],
    ["jq --indent 9 .", 1],
    ["jq --tab --tab .", 2],
    ["jq --indent 2 --tab .", 1],
    ["jq -c --tab .", 2],
    ["jq --arg x", 1],
    ["jq --arg 'a b' 1 .", 1],
    ["jq --argjson x nonsense .", 1],
    ["jq -- .", 1],
  ];
  it.each(refused)("%s is refused at word %i", (words, index) => {
    expect(refusalOf(words).position).toEqual({ stage: 0, index });
  });
});
