// Which commands a sed script holds, and the words around it: policy forbids by these lists.
import { describe, expect, it } from "vitest";
import { listSedCommands } from "../../src/command/programs/sed.ts";
import { commandOf, refusalOf, rendered, type Words } from "./reading.ts";

const names = (script: string): readonly string[] => commandOf(["sed", script]).programs[0]?.identifiers ?? [];

describe("commands that are in use are listed", () => {
  const table: readonly (readonly [script: string, commands: readonly string[]])[] = [
    ["s/x/;y/w FILE", ["s", "s///w"]],
    ["s/x/y/w /tmp/w", ["s", "s///w"]],
    ["s/x/y/ w /tmp/w", ["s", "s///w"]],
    ["s/x/y/gpw /tmp/w", ["s", "s///w"]],
    ["s/x/y/2e", ["s", "s///e"]],
    ["s#x#touch /tmp/p#ge", ["s", "s///e"]],
    ["s,x,y,Ie", ["s", "s///e"]],
    ["s/x/y/ew f", ["s", "s///e", "s///w"]],
    ["s/a\\/b/c/;w f", ["s", "w"]],
    ["s/[^]]*/c/;w f", ["s", "w"]],
    ["s/a/x\\\ny/;w f", ["s", "w"]],
    ["s|a\\|b|c|w f", ["s", "s///w"]],
    ["e", ["e"]],
    ["1e touch /tmp/p", ["e"]],
    ["y/abc/def/;1e id", ["e", "y"]],
    ["y/[/]/;w f", ["w", "y"]],
    ["1!d\n1e id", ["d", "e"]],
    ["r /etc/passwd", ["r"]],
    ["R /etc/passwd", ["R"]],
    ["W f", ["W"]],
    ["$!{w f\n}", ["w"]],
    ["/w/I,/e/w f", ["w"]],
    ["\\%w%w f", ["w"]],
    ["0,/x/w f", ["w"]],
    ["2,+3w f", ["w"]],
    ["0~3w f", ["w"]],
    ["a hello\nw f", ["a", "w"]],
    ["$a\\\nhello\nw f", ["a", "w"]],
    [":a;w f", ["w"]],
    ["ba;w f", ["b", "w"]],
    ["{p};w f", ["p", "w"]],
    ["# p\nw f", ["w"]],
  ];
  it.each(table)("%j", (script, commands) => {
    expect(names(script)).toEqual(commands);
  });
});

describe("what looks like a command in a text, an expression or a comment is data", () => {
  const table: readonly (readonly [script: string, commands: readonly string[]])[] = [
    ["", []],
    ["s/w f/e x/", ["s"]],
    ["s/;w f/;e x/g", ["s"]],
    ["s/a\\/w/;/", ["s"]],
    ["s/[;w]/x/", ["s"]],
    ["/;w f/p", ["p"]],
    ["y/we/ew/", ["y"]],
    ["a w f", ["a"]],
    ["i\\\nw f", ["i"]],
    ["c e x", ["c"]],
    ["# w f", []],
    [":w;bw", ["b"]],
    [":a;N;$!ba;s/\\n/ /g", ["N", "b", "s"]],
    ["1!G;h;$!d", ["G", "d", "h"]],
    ["/start/,/end/{s/a/b/;p}", ["p", "s"]],
    ["$!N;P;D", ["D", "N", "P"]],
    ["$=", ["="]],
    ["5q;l 3", ["l", "q"]],
    ["s/x/y/3gIMp", ["s"]],
  ];
  it.each(table)("%j", (script, commands) => {
    expect(names(script)).toEqual(commands);
  });
});

describe("scripts that can be read in two ways are refused", () => {
  it.each([
    "s/[/]/x/",
    "s/[\\]/x/;w f/]/",
    "s/[[.a.]]/x/",
    "s/a\\cb/c/",
    "s/a\\\nb/c/",
    "s/a/b",
    "s/a/b\nc/",
    "sxaxbx",
    "s\\a\\b\\",
    "s/a/b/q",
    "y/a/b",
    "p p",
    "{p",
    "p}",
    "a\\",
    "a",
    "a x\\\nw f",
    "a x\\\\\nw f",
    "k",
    "v 4.2",
    "1",
    `${"{".repeat(65)}${"}".repeat(65)}`,
  ])("%j", (script) => {
    expect(refusalOf(["sed", script]).message).toMatch(/^The sed program .{8,}\.$/);
  });
});

describe("sed's words", () => {
  const table: readonly (readonly [words: Words, argv: string])[] = [
    ["sed p", "sed --sandbox --expression=p"],
    ["sed --sandbox p", "sed --sandbox --expression=p"],
    ["sed -n 1,20p -", "sed --sandbox --quiet --expression=1,20p"],
    ["sed -nE -e p", "sed --sandbox --quiet --regexp-extended --expression=p"],
    ["sed -r p --silent", "sed --sandbox --quiet --regexp-extended --expression=p"],
    ["sed -e s/a/b/ -e s/c/d/", "sed --sandbox --expression=s/a/b/ --expression=s/c/d/"],
    [["sed", "p\nd"], "sed --sandbox --expression=p\nd"],
    [["sed", "-e", "{", "-e", "p", "-e", "}"], "sed --sandbox --expression={ --expression=p --expression=}"],
    ["sed --version", "sed --version"],
    ["sed --help", "sed --help"],
  ];
  it.each(table)("%j", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });

  const refused: readonly (readonly [words: Words, index: number])[] = [
    ["sed", 0],
    ["sed p /etc/passwd", 2],
    ["sed -e p /etc/passwd", 3],
    ["sed p - -", 3],
    ["sed -i p", 1],
    ["sed -ni p", 1],
    ["sed -ibak p", 1],
    ["sed --in-place=.b p", 1],
    ["sed -f /etc/passwd", 1],
    ["sed --fil=/etc/passwd", 1],
    ["sed --exp=p", 1],
    ["sed --posix p", 1],
    ["sed -n -n p", 2],
    ["sed --version p", 1],
    ["sed -n --version", 2],
    [["sed", "-e", "a\\", "-e", "1e id"], 3],
    [["sed", "-e", "s/a/b\\", "-e", "w f"], 3],
  ];
  it.each(refused)("%j is refused at word %i", (words, index) => {
    expect(refusalOf(words).position).toEqual({ stage: 0, index });
  });
});

describe("long scripts", () => {
  it("of 16 KiB are read, also as they are rendered, and longer ones are not", () => {
    const script = `#${"a".repeat(16 * 1024 - 1)}`;
    const { argv } = commandOf(["sed", script]);
    expect(commandOf(argv).argv).toEqual(argv);
    expect(refusalOf(["sed", `${script}a`]).position).toEqual({ stage: 0, index: 1 });
    expect(refusalOf(["sed", `--expression=${script}a`]).position).toEqual({ stage: 0, index: 1 });
  });

  it("are read in time that grows with their length", () => {
    const script = "s/[a]x/b\\/c/g;".repeat(8_000);
    const started = performance.now();
    expect(listSedCommands(script)).toEqual({ identifiers: ["s"] });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
