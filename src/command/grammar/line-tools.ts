// nl, tac, paste, cat of GNU coreutils and rev, column of util-linux: lines and columns of standard input.
import type { BinarySpec } from "../../domain/command.ts";
import { count, printsShort, shaped, textTool, toggle } from "./text.ts";

const standardInput = { kind: "standard-input" } as const;
const shortText = /^[^\p{Cc}]{0,16}$/u;
const columnList = /^[\p{L}\p{N} _.,:%()-]{1,512}$/u;

const utilLinux = (name: string): BinarySpec => ({
  name,
  probe: ["--version"],
  versionPattern: /from util-linux ([0-9]+\.[0-9]+)/,
  atLeast: "2.36",
  below: "3.0",
});

export const nl = textTool("nl", {
  flags: [
    shaped("--body-numbering", "-b", /^(?:[atn]|p[^\p{Cc}]{1,64})$/u, "a, t, n or pPATTERN"),
    shaped("--header-numbering", "-h", /^(?:[atn]|p[^\p{Cc}]{1,64})$/u, "a, t, n or pPATTERN"),
    shaped("--footer-numbering", "-f", /^(?:[atn]|p[^\p{Cc}]{1,64})$/u, "a, t, n or pPATTERN"),
    shaped("--number-format", "-n", /^(?:ln|rn|rz)$/, "ln, rn or rz"),
    shaped("--number-separator", "-s", shortText, "a short text"),
    count("--line-increment", "-i"),
    count("--starting-line-number", "-v"),
    shaped("--number-width", "-w", /^[1-9][0-9]?$/, "6"),
    shaped("--join-blank-lines", "-l", /^[1-9][0-9]{0,3}$/, "2"),
    toggle("--no-renumber", "-p"),
  ],
  operands: standardInput,
});

export const tac = textTool("tac", {
  needsTemporary: true,
  flags: [
    toggle("--before", "-b"),
    toggle("--regex", "-r"),
    shaped("--separator", "-s", /^[^\p{Cc}]{1,64}$/u, "a short text"),
  ],
  operands: standardInput,
});

export const paste = textTool("paste", {
  flags: [shaped("--delimiters", "-d", shortText, "a few characters"), toggle("--serial", "-s")],
  operands: { kind: "standard-input", times: 16 },
});

export const cat = textTool("cat", {
  flags: [
    toggle("--number", "-n"),
    toggle("--number-nonblank", "-b"),
    toggle("--squeeze-blank", "-s"),
    toggle("--show-ends", "-E"),
    toggle("--show-tabs", "-T"),
    toggle("--show-nonprinting", "-v"),
    toggle("--show-all", "-A"),
  ],
  operands: standardInput,
});

/** A `-` would be a file of that name to rev and column. */
const noOperand = { kind: "none" } as const;

export const rev = textTool("rev", { flags: [], operands: noOperand, printsAlone: printsShort }, utilLinux("rev"));

export const column = textTool(
  "column",
  {
    flags: [
      toggle("--table", "-t"),
      shaped("--separator", "-s", /^[^\p{Cc}]{1,16}$/u, "a few characters"),
      shaped("--output-separator", "-o", shortText, "a short text"),
      count("--output-width", "-c"),
      toggle("--fillrows", "-x"),
      toggle("--json", "-J"),
      shaped("--table-name", "-n", /^[A-Za-z0-9_-]{1,64}$/, "a name"),
      shaped("--table-columns", "-N", columnList, "NAME,STATUS"),
      shaped("--table-right", "-R", columnList, "1,2"),
      shaped("--table-hide", "-H", columnList, "1,2"),
      shaped("--table-order", "-O", columnList, "2,1"),
      shaped("--table-truncate", "-T", columnList, "1,2"),
      shaped("--table-wrap", "-W", columnList, "1,2"),
      toggle("--table-noheadings", "-d"),
      toggle("--keep-empty-lines", "-L"),
    ],
    operands: noOperand,
    printsAlone: printsShort,
  },
  utilLinux("column"),
);
