// What a gawk program names, and the words around it: policy forbids by these lists.
import { describe, expect, it } from "vitest";
import { listGawkIdentifiers } from "../../src/command/programs/gawk.ts";
import { commandOf, refusalOf, rendered, type Words } from "./reading.ts";

const names = (program: string): readonly string[] => commandOf(["gawk", program]).programs[0]?.identifiers ?? [];

describe("identifiers and signs that reach outside are listed", () => {
  const table: readonly (readonly [program: string, identifiers: readonly string[]])[] = [
    ['BEGIN{system("id")}', ["BEGIN", "system"]],
    ["BEGIN{for(k in ENVIRON)print k}", ["BEGIN", "ENVIRON", "for", "in", "k", "print"]],
    ["{print awk::ENVIRON[1]}", ["ENVIRON", "awk::ENVIRON", "print"]],
    ['BEGIN{ARGV[ARGC++]="/etc/passwd"}1', ["ARGC", "ARGV", "BEGIN"]],
    ['{"date" | getline d}', ["d", "getline", "|"]],
    ['{"x" |& getline}', ["getline", "|&"]],
    ['{getline l<"/x"}', ["getline", "l"]],
    ['{print > "/tmp/x"}', [">", "print"]],
    ['{print >> "/tmp/x"}', [">>", "print"]],
    ['{print $1, $2 > "/tmp/x"}', [">", "print"]],
    ['{print(1)(2)>"f"}', [">", "print"]],
    ['{printf("%s", $1) > "f"}', [">", "printf"]],
    ['{print 1,\n 2 > "f"}', [">", "print"]],
    ['{print 1, # why\n 2 > "f"}', [">", "print"]],
    ['{print 1 \\\n > "f"}', [">", "print"]],
    ['{print a ? b :\n c > "f"}', [">", "a", "b", "c", "print"]],
    ['{print a && \n c > "f"}', [">", "a", "c", "print"]],
    ['{print a[1>2] > "f"}', [">", "a", "print"]],
    ['{print "a" | "sh"}', ["print", "|"]],
    ['@include "x"', ["@", "@include", "include"]],
    ['@ load "x"', ["@", "@load", "load"]],
    ['{f="x"; @f(1)}', ["@", "@f", "f"]],
    ["# comment\n{system(1)}", ["system"]],
    ['{x = "a\\"b"; system(x)}', ["system", "x"]],
    ['/a"/ {system("b")}', ["system"]],
    ['/[\\/"]?/ {print}', ["print"]],
    ['{x = a / b; system("/")}', ["a", "b", "system", "x"]],
    ["{a[1] / 2; system(1) / 3}", ["a", "system"]],
  ];
  it.each(table)("%j", (program, identifiers) => {
    expect(names(program)).toEqual(identifiers);
  });
});

describe("strings, patterns, comparisons and comments are data", () => {
  const table: readonly (readonly [program: string, identifiers: readonly string[]])[] = [
    ["", []],
    ["{print $1}", ["print"]],
    ["$3 > 80 {print $1}", ["print"]],
    ["NR>1 {print $1, $3}", ["NR", "print"]],
    ["{print (1>2)}", ["print"]],
    ["{print a[1>2]}", ["a", "print"]],
    ["{print 1\n} $2>3", ["print"]],
    ["{print 1; x = 2>3}", ["print", "x"]],
    ["$1 >= 2 || $2 == 3", []],
    ['{print "system(1) | getline > x"}', ["print"]],
    ["/system|ENVIRON/ {print}", ["print"]],
    ["$0 ~ /a|b/ && /[^\\/]|c/", []],
    ["# system(1) | x\n1", []],
    ["/a/,/b/", []],
    ["{n += $1} END {print n/NR}", ["END", "NR", "n", "print"]],
    ["{return /a|b/}", ["return"]],
    ["x /= 2", ["x"]],
    ["/=/ {print}", ["print"]],
    ["/a[[:space:]|]b/", []],
    ["1e5 + 0x1F + .5", []],
  ];
  it.each(table)("%j", (program, identifiers) => {
    expect(names(program)).toEqual(identifiers);
  });
});

describe("programs that only gawk's own parser could read are refused", () => {
  it.each([
    "{if (x) /re/}",
    "{while (x) /re/ }",
    "{i++ /2/ 1}",
    "{getline /x/}",
    "/[/]/",
    "/[]a]/",
    "/a",
    '"open',
    '"a\\\nb"',
    "# a \\\nsystem(1)",
    "1system(1)",
    "{print $1 `id`}",
    "{print 'x'}",
    "{x \\ y}",
    "{é = 1}",
  ])("%j", (program) => {
    expect(refusalOf(["gawk", program]).message).toMatch(/^The gawk program .{8,}\.$/);
  });
});

describe("gawk's words", () => {
  const table: readonly (readonly [words: Words, argv: string])[] = [
    ["awk '{print $1}'", "gawk --sandbox {print $1}"],
    ["gawk --sandbox '{print $1}' -", "gawk --sandbox {print $1}"],
    ["gawk -S 1", "gawk --sandbox 1"],
    ["awk -F, 1", "gawk --sandbox --field-separator=, 1"],
    ["awk -F '[:|]' 1", "gawk --sandbox --field-separator=[:|] 1"],
    ["awk -F '\\t' -v OFS='\\t' 1", "gawk --sandbox --field-separator=\\t --assign=OFS=\\t 1"],
    ["awk -vt=80 -v 'n=a b' 1", "gawk --sandbox --assign=t=80 --assign=n=a b 1"],
    ["awk -- -1", "gawk --sandbox -- -1"],
    ["awk -V", "gawk --version"],
    ["gawk --help", "gawk --help"],
  ];
  it.each(table)("%j", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });

  it("the names that -v assigns count as the program's", () => {
    expect(commandOf("awk -v ARGC=2 '{print}'").programs).toEqual([
      { language: "gawk", identifiers: ["ARGC", "print"] },
    ]);
  });

  const refused: readonly (readonly [words: Words, index: number])[] = [
    ["awk", 0],
    ["awk 1 /etc/passwd", 2],
    ["awk 1 x=1", 2],
    ["awk 1 -v x=1", 2],
    ["awk 1 - -", 3],
    ["awk -f /etc/passwd", 1],
    ["awk --file=/etc/passwd 1", 1],
    ["awk -e 1", 1],
    ["awk --source=1", 1],
    ["awk -i inplace 1", 1],
    ["awk -l filefuncs 1", 1],
    ["awk -d/tmp/x 1", 1],
    ["awk -o/tmp/x 1", 1],
    ["awk -E /etc/passwd", 1],
    ["awk --sandbox=no 1", 1],
    ["awk --sour 1", 1],
    ["awk -v 'x=1;system(1)' 1", 1],
    ["awk -v 'x=@/a/' 1", 1],
    ["awk -v 'x=\\\\' 1", 1],
    ["awk -v x 1", 1],
    ["mawk 1", 0],
  ];
  it.each(refused)("%j is refused at word %i", (words, index) => {
    expect(refusalOf(words).position).toEqual({ stage: 0, index });
  });
});

describe("long programs", () => {
  it("are read in time that grows with their length", () => {
    const program = '{a = b / c; x = /[a]b/; print "s" # e\n}\n'.repeat(4_000);
    const started = performance.now();
    expect(listGawkIdentifiers(program)).toEqual({ identifiers: ["a", "b", "c", "print", "x"] });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
