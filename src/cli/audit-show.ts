// `ai-sre audit show`: the records of audit files, filtered, as a table for people or as they were written. Checks no MAC:
// that is what verify is for.
import { Command } from "commander";
import { followLines } from "../audit/follow.ts";
import { type AuditLine, readLines } from "../audit/read-lines.ts";
import { parseRecord } from "../audit/read-records.ts";
import { loadConfig } from "../config/load.ts";
import { createFilter, type FilterOptions } from "./audit-filter.ts";
import { createTable } from "./audit-table.ts";
import { endWithReader } from "./standard-output.ts";

interface Options extends FilterOptions {
  readonly follow?: true;
  readonly json?: true;
}

export function auditShowCommand(): Command {
  return new Command("show")
    .description("Print audit records as a table, or as they were written.")
    .argument(
      "[file...]",
      "audit files, oldest first; .gz is unpacked, - is standard input (default: AISRE_AUDIT_FILE)",
    )
    .option("--since <time>", "from this time on: 2026-01-31T12:00Z, or how long ago: 90s, 15m, 2h, 7d")
    .option("--until <time>", "up to this time, in the same forms")
    .option("--principal <id>", "of this principal")
    .option("--tool <name>", "of this tool")
    .option(
      "--outcome <code>",
      "that ended so: ok, denied, exited …, or succeeded, failed …; unknown: begun, and no outcome",
    )
    .option("--call-id <id>", "of this call; its beginning is enough")
    .option("--follow", "go on with what is written from now on, over rotations")
    .option("--json", "print each record as it was written, one a line")
    .action(async (given: readonly string[], options: Options, command: Command) => {
      endWithReader();
      const files = given.length > 0 ? given : defaultFiles(command);
      const filter = createFilter(options, Date.now(), command);
      const table = createTable(process.stdout);
      const print = ({ bytes }: AuditLine, record = parseRecord(bytes)): void => {
        if (record === undefined) return;
        process.stdout.write(options.json === true ? `${bytes.toString("utf8")}\n` : table.row(record));
      };
      if (options.json !== true) process.stdout.write(table.head());
      try {
        for await (const line of linesOf(files, options.follow === true, command)) {
          const record = parseRecord(line.bytes);
          if (record !== undefined && filter.take(record, line)) print(line, record);
          if (process.stdout.writableNeedDrain) await drained();
        }
      } catch (error) {
        command.error(`cannot read: ${error instanceof Error ? error.message : "unknown"}`);
      }
      for (const line of filter.unknown()) print(line);
    });
}

function defaultFiles(command: Command): readonly string[] {
  const { file } = loadConfig().audit;
  return file === undefined ? command.error("name a file, or set AISRE_AUDIT_FILE") : [file];
}

async function* linesOf(files: readonly string[], follow: boolean, command: Command): AsyncGenerator<AuditLine> {
  const last = files.at(-1);
  if (!follow || last === undefined) return yield* readLines(files);
  if (last === "-" || last.endsWith(".gz")) command.error("--follow needs the file that is written to as the last one");
  const ended = new AbortController();
  process.once("SIGINT", () => ended.abort());
  process.once("SIGTERM", () => ended.abort());
  yield* readLines(files.slice(0, -1));
  yield* followLines(last, ended.signal);
}

/** A reader that is slower than the disk must not fill our memory. */
const drained = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.once("drain", resolve);
  });
