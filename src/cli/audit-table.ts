// Audit records as lines of a table: as wide as the terminal, coloured only there. What is not a terminal gets whole lines.
import { styleText } from "node:util";
import type { AuditRecord } from "../audit/read-records.ts";
import { printable } from "./printable.ts";

/** Columns with their widths, characters; what is done comes last and takes the rest. */
const columns = [
  ["TIME", 20],
  ["CALL", 8],
  ["PRINCIPAL", 10],
  ["TOOL", 18],
  ["KIND", 12],
  ["CODE", 18],
] as const;
const gap = "  ";
const leftWidth = columns.reduce((sum, [, width]) => sum + width + gap.length, 0);
/** A narrower rest goes onto a line of its own. */
const minRestWidth = 40;

type Format = "bold" | "red" | "yellow" | "magenta";
type Output = Pick<NodeJS.WriteStream, "isTTY" | "columns">;

export function createTable(output: Output) {
  const width = output.isTTY ? output.columns : Number.POSITIVE_INFINITY;
  const isNarrow = width - leftWidth < minRestWidth;
  const restWidth = isNarrow ? width - gap.length : width - leftWidth;
  const style = (format: Format | undefined, text: string): string =>
    output.isTTY && format !== undefined ? styleText(format, text, { stream: process.stdout }) : text;
  const line = (cells: readonly string[], rest: string, format?: Format): string => {
    const left = columns
      .map(([, size], at) => (output.isTTY ? cut(cells[at] ?? "", size) : (cells[at] ?? "")).padEnd(size))
      .join(gap);
    const [whole, broken] =
      isNarrow && rest !== "" ? ["", `\n${gap}${cut(rest, restWidth)}`] : [cut(rest, restWidth), ""];
    return `${style(format, `${left}${gap}${whole}`.trimEnd())}${broken}\n`;
  };
  return {
    head: (): string =>
      line(
        columns.map(([name]) => name),
        isNarrow ? "" : "WHAT",
        "bold",
      ),
    row: (record: AuditRecord): string => {
      const { time, call_id: callId = "", principal, tool = "", kind, code = "" } = record;
      const cells = [`${time.slice(0, 19)}Z`, callId, principal?.id ?? "", tool, kind, code].map(printable);
      return line(cells, printable(whatOf(record)), formatOf(record));
    },
  };
}

/** What a person asks first: why not, or what. */
function whatOf({ reasons, argvs, details, kind }: AuditRecord): string {
  if (reasons !== undefined) return reasons.map(({ rule, message }) => `${rule}: ${message}`).join(" · ");
  if (argvs !== undefined && argvs.length > 0) return argvs.map((argv) => argv.map(quoted).join(" ")).join(" | ");
  return kind === "decision" || details === undefined ? "" : JSON.stringify(details);
}

/** A word as a shell would take it, so that where it begins and ends can be seen. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

function formatOf({ effect, kind, code }: AuditRecord): Format | undefined {
  if (effect === "deny" || kind === "auth_failure") return "red";
  if (kind === "intent") return "yellow";
  return code === undefined || code === "ok" ? undefined : "magenta";
}

const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
