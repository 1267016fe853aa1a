// gawk 5, always with --sandbox: one program over standard input, a field separator and variables. Other awks have no
// sandbox; the name awk stands for gawk.
import { refusalTable } from "./refusal-table.ts";
import { getopt, pinned, printsShort, shaped, textTool } from "./text.ts";
import type { Flag } from "./types.ts";

/** No quotes, parentheses, `;`, `|` or `@`: what could be code elsewhere is none here. `\\t` and `\\n` are gawk's own. */
const assignment = /^[A-Za-z_][A-Za-z0-9_]{0,63}=(?:[\p{L}\p{N} ._:,%+=~^/#-]|\\[tn]){0,256}$/u;

const assign: Flag = {
  ...shaped("--assign", "-v", assignment, "limit=80, of letters, digits and plain signs"),
  multi: true,
};

const otherCode = {
  message: "it takes code from elsewhere, or writes files.",
  try: "give the program as one word",
};

export const gawk = textTool(
  "gawk",
  {
    flags: [
      pinned("--sandbox", "-S"),
      shaped("--field-separator", "-F", /^[^\p{Cc}]{0,64}$/u, "one character or a pattern"),
      assign,
    ],
    operands: { kind: "program", language: "gawk", assigns: "--assign" },
    pins: { "--sandbox": "true" },
    printsAlone: printsShort,
    syntax: { ...getopt, stopsAtOperand: true },
    refusedFlags: refusalTable([
      "-f --file -e --source -E --exec -i --include -l --load -d --dump-variables -D --debug -o --pretty-print -p --profile",
      otherCode,
    ]),
  },
  {
    name: "gawk",
    probe: ["--version"],
    versionPattern: /^GNU Awk ([0-9]+\.[0-9]+)/,
    atLeast: "5.0",
    below: "6.0",
  },
);
