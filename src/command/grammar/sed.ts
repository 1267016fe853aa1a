// GNU sed 4.3 to 4.9, always with --sandbox: scripts over standard input. No -i, no script files, no file operands.
import { refusalTable } from "./refusal-table.ts";
import { count, pinned, textTool, toggle } from "./text.ts";
import type { Flag } from "./types.ts";

/** Parts are joined by line breaks, as sed joins them. */
const expression: Flag = {
  name: "--expression",
  aliases: ["-e"],
  type: { kind: "pattern", pattern: /^[^]*$/, looksLike: "a sed script", program: true },
  multi: true,
  class: "filter",
};

const writes = { message: "it changes files, and sed reads standard input only.", try: "put it behind a pipe" };
const loosens = { message: "it changes what a script means.", try: "leave it out" };

export const sed = textTool(
  "sed",
  {
    flags: [
      pinned("--sandbox"),
      toggle("--quiet", "-n", "--silent"),
      toggle("--regexp-extended", "-E", "-r"),
      toggle("--null-data", "-z", "--zero-terminated"),
      toggle("--separate", "-s"),
      toggle("--unbuffered", "-u"),
      count("--line-length", "-l"),
      expression,
    ],
    operands: { kind: "program", language: "sed", flag: "--expression" },
    pins: { "--sandbox": "true" },
    refusedFlags: refusalTable(["-i --in-place --follow-symlinks", writes], ["--posix --debug", loosens]),
  },
  {
    name: "sed",
    probe: ["--version"],
    versionPattern: /^(?:\S*\/)?sed \(GNU sed\) ([0-9]+\.[0-9]+)/,
    atLeast: "4.3",
    below: "5.0",
  },
);
