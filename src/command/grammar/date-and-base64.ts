// date and base64 of GNU coreutils: the clock is read and never set, and no file is read.
import { refusalTable } from "./refusal-table.ts";
import { count, shaped, textTool, toggle } from "./text.ts";

/** No `=` and no quotes: date would take TZ="PATH" for a time zone file. */
const moment = /^[A-Za-z0-9 :+.,@/-]{1,64}$/;

const setsClock = { message: "it sets the clock or reads a file.", try: "date --date='1 hour ago'" };

export const date = textTool("date", {
  flags: [
    toggle("--utc", "-u", "--universal"),
    shaped("--date", "-d", moment, "@1700000000 or 1 hour ago"),
    toggle("--rfc-email", "-R"),
    { name: "--rfc-3339", type: { kind: "enum", values: ["date", "seconds", "ns"] }, class: "output" },
    {
      name: "--iso-8601",
      aliases: ["-I"],
      type: { kind: "enum", values: ["date", "hours", "minutes", "seconds", "ns"] },
      optional: "date",
      class: "output",
    },
  ],
  operands: { kind: "date-format" },
  refusedFlags: refusalTable(["-s --set -f --file -r --reference", setsClock]),
});

export const base64 = textTool("base64", {
  flags: [toggle("--decode", "-d"), toggle("--ignore-garbage", "-i"), count("--wrap", "-w")],
  operands: { kind: "standard-input" },
});
