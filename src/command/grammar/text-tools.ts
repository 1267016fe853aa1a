// head, tail, sort, uniq, wc, cut, tr of GNU coreutils 8.30 to 9: exact flags, no file operands.
import { refusalTable } from "./refusal-table.ts";
import { count, getopt, shaped, textTool, toggle } from "./text.ts";

const fieldList = /^[0-9]*(-[0-9]*)?(,[0-9]*(-[0-9]*)?){0,63}$/;
const oneCharacter = /^[^\p{Cc}]$/u;
const sortKey = /^[1-9][0-9]{0,3}(\.[0-9]{1,4})?[bdfghiMnrV]*(,[1-9][0-9]{0,3}(\.[0-9]{1,4})?[bdfghiMnrV]*)?$/;
const standardInput = { kind: "standard-input" } as const;
const numbered = { ...getopt, numericShort: "--lines" } as const;

const follows = { message: "it waits for more and does not end by itself.", try: "look again later" };

export const head = textTool("head", {
  flags: [
    shaped("--lines", "-n", /^-?[0-9]{1,7}$/, "20, or -5 for all but the last five"),
    shaped("--bytes", "-c", /^-?[0-9]{1,9}$/, "1000"),
    toggle("--quiet", "-q", "--silent"),
  ],
  operands: standardInput,
  exclusive: [["--lines", "--bytes"]],
  syntax: numbered,
});

export const tail = textTool("tail", {
  flags: [
    shaped("--lines", "-n", /^\+?[0-9]{1,7}$/, "20 or +2"),
    shaped("--bytes", "-c", /^\+?[0-9]{1,9}$/, "1000"),
    toggle("--quiet", "-q", "--silent"),
  ],
  operands: standardInput,
  exclusive: [["--lines", "--bytes"]],
  syntax: numbered,
  refusedFlags: refusalTable(["-f -F --follow --retry --pid -s --sleep-interval", follows]),
});

export const sort = textTool("sort", {
  flags: [
    toggle("--ignore-leading-blanks", "-b"),
    toggle("--dictionary-order", "-d"),
    toggle("--ignore-case", "-f"),
    toggle("--general-numeric-sort", "-g"),
    toggle("--human-numeric-sort", "-h"),
    toggle("--ignore-nonprinting", "-i"),
    toggle("--month-sort", "-M"),
    toggle("--numeric-sort", "-n"),
    toggle("--reverse", "-r"),
    toggle("--stable", "-s"),
    toggle("--unique", "-u"),
    toggle("--version-sort", "-V"),
    toggle("--check", "-c"),
    { ...shaped("--key", "-k", sortKey, "2,2nr"), multi: true },
    shaped("--field-separator", "-t", oneCharacter, "one character"),
  ],
  operands: standardInput,
  // With --check, 1 says that the input is not sorted.
  answers: [{ codes: [0] }, { codes: [1], whenFlag: "--check" }],
});

export const uniq = textTool("uniq", {
  flags: [
    toggle("--count", "-c"),
    toggle("--repeated", "-d"),
    toggle("--all-repeated", "-D"),
    toggle("--unique", "-u"),
    toggle("--ignore-case", "-i"),
    count("--skip-fields", "-f"),
    count("--skip-chars", "-s"),
    count("--check-chars", "-w"),
  ],
  operands: standardInput,
});

export const wc = textTool("wc", {
  flags: [
    toggle("--lines", "-l"),
    toggle("--words", "-w"),
    toggle("--bytes", "-c"),
    toggle("--chars", "-m"),
    toggle("--max-line-length", "-L"),
  ],
  operands: standardInput,
});

export const cut = textTool("cut", {
  flags: [
    shaped("--fields", "-f", fieldList, "1,3-5"),
    shaped("--characters", "-c", fieldList, "1-20"),
    shaped("--bytes", "-b", fieldList, "1-20"),
    shaped("--delimiter", "-d", oneCharacter, "one character"),
    { ...shaped("--output-delimiter", "--output-delimiter", /^[^\p{Cc}]{0,16}$/u, "a short text"), aliases: [] },
    toggle("--only-delimited", "-s"),
    toggle("--complement"),
  ],
  operands: standardInput,
});

export const tr = textTool("tr", {
  flags: [
    toggle("--complement", "-c", "-C"),
    toggle("--delete", "-d"),
    toggle("--squeeze-repeats", "-s"),
    toggle("--truncate-set1", "-t"),
  ],
  operands: { kind: "character-sets" },
  syntax: { ...getopt, stopsAtOperand: true },
});
