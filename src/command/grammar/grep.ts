// GNU grep 3: patterns over standard input. No -r, -f, -P, -z, no file operands.
import { refusalTable } from "./refusal-table.ts";
import { count, getopt, printsVersionShort, textTool, toggle } from "./text.ts";
import type { Flag } from "./types.ts";

const pattern: Flag = {
  name: "--regexp",
  aliases: ["-e"],
  type: { kind: "pattern", pattern: /^[^\n\r]*$/, looksLike: "a pattern on one line" },
  multi: true,
  class: "filter",
};

const perl = { message: "Perl patterns can run for ever.", try: "--extended-regexp" };
const binary = { message: "input is text, in lines.", try: "leave it out" };

export const grep = textTool(
  "grep",
  {
    flags: [
      pattern,
      toggle("--ignore-case", "-i"),
      toggle("--invert-match", "-v"),
      toggle("--count", "-c"),
      toggle("--line-number", "-n"),
      toggle("--only-matching", "-o"),
      toggle("--word-regexp", "-w"),
      toggle("--line-regexp", "-x"),
      toggle("--no-filename", "-h"),
      toggle("--extended-regexp", "-E"),
      toggle("--fixed-strings", "-F"),
      toggle("--quiet", "-q", "--silent"),
      toggle("--line-buffered"),
      count("--max-count", "-m"),
      count("--after-context", "-A"),
      count("--before-context", "-B"),
      count("--context", "-C"),
    ],
    operands: { kind: "pattern-or-standard-input", flag: "--regexp" },
    answers: [{ codes: [0, 1] }],
    printsAlone: printsVersionShort,
    syntax: { ...getopt, numericShort: "--context" },
    refusedFlags: refusalTable(["--perl-regexp -P", perl], ["--text -a --null-data -z --null -Z", binary]),
  },
  {
    name: "grep",
    probe: ["--version"],
    versionPattern: /^grep \(GNU grep\) ([0-9]+\.[0-9]+)/,
    atLeast: "3.0",
    below: "4.0",
  },
);
