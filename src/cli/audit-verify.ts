// `ai-sre audit verify`: holds audit files against the secret key, names the first bad line, and says which promise holds.
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { type AuditKey, type ChainHead, deriveAuditKey } from "../audit/chain.ts";
import { readLines } from "../audit/read-lines.ts";
import { type AuditFault, type AuditProblem, type AuditWhole, createVerifier } from "../audit/verify.ts";
import { hashSecret, loadConfig } from "../config/load.ts";
import { printable } from "./printable.ts";
import { endWithReader } from "./standard-output.ts";

interface Options {
  readonly json?: true;
  readonly from?: string;
  readonly partial?: true;
  readonly head?: string;
  readonly mixed?: true;
  readonly keyFile?: readonly string[];
}

export function auditVerifyCommand(): Command {
  return new Command("verify")
    .description("Check audit files, oldest first, against the secret key of AISRE_SECRET_KEY_FILE.")
    .argument("<file...>", "audit files in the order in which they were written; .gz is unpacked, - is standard input")
    .option("--head <seq:mac>", "a head that was noted elsewhere (/health shows it): the files must hold that record")
    .option("--from <seq:mac>", "the record before the first one of these files, as an earlier verify printed it")
    .option("--partial", "the oldest files are gone: accept that the chain begins in the middle")
    .option("--mixed", "pass over lines that are no records (a container's whole output)")
    .option("--key-file <file...>", "files of earlier secret keys, for records from before a change of keys")
    .option("--json", "print the verdict as JSON")
    .action(async (files: readonly string[], options: Options, command: Command) => {
      endWithReader();
      if (options.from !== undefined && options.partial === true) command.error("give either --from or --partial");
      const head = readHead("--head", options.head, command);
      const from = readHead("--from", options.from, command);
      const verifier = createVerifier({
        keys: keysOf(options, command),
        start: from ?? (options.partial === true ? "anywhere" : "genesis"),
        mixed: options.mixed === true,
        ...(head === undefined ? {} : { head }),
      });
      try {
        for await (const line of readLines(files)) if (!verifier.take(line)) break;
      } catch (error) {
        command.error(`cannot read: ${error instanceof Error ? error.message : "unknown"}`);
      }
      const verdict = verifier.verdict();
      process.stdout.write(options.json === true ? `${JSON.stringify(toSnake(verdict))}\n` : describe(verdict));
      process.exitCode = verdict.ok ? 0 : 1;
    });
}

function keysOf({ keyFile = [] }: Options, command: Command): readonly AuditKey[] {
  const { secretKey, secretKeyGenerated } = loadConfig();
  if (secretKeyGenerated && keyFile.length === 0) {
    command.error(
      "AISRE_SECRET_KEY_FILE is not set: without the key that the records were written under nothing can be checked",
    );
  }
  const earlier = keyFile.map((file) => {
    try {
      return hashSecret(readFileSync(file, "utf8"));
    } catch {
      return command.error(`cannot read ${file}`);
    }
  });
  return [secretKey, ...earlier].map(deriveAuditKey);
}

/** `SEQ:MAC`; of the MAC twelve digits or more. */
function readHead(option: string, text: string | undefined, command: Command): ChainHead | undefined {
  if (text === undefined) return undefined;
  const [, seq = "", mac = ""] = /^([0-9]{1,15}):([0-9a-f]{12,64})$/.exec(text) ?? [];
  if (seq === "" || (option === "--from" && mac.length < 64)) {
    command.error(`${option}: ${printable(text)} is not SEQ:MAC`);
  }
  return { seq: Number(seq), mac };
}

export const meanings: Readonly<Record<AuditProblem, string>> = {
  edited: "The line is not as it was written.",
  removed: "Records before this line are gone.",
  inserted: "The line was put in: the chain goes on without it.",
  reordered: "The record that belongs here stands further down.",
  truncated: "The end is cut off.",
  other_key: "The line was written under another key: nothing can be said about it (--key-file gives earlier keys).",
};

const promises = {
  chained: "one chain: nothing is missing between the first record and the last.",
  per_segment: "a chain for each start of the server: in each nothing is missing, but a whole one may be.",
} as const;

function describe(verdict: AuditWhole | AuditFault): string {
  if (!verdict.ok) {
    const { file, line, problem, records } = verdict;
    const rest = `The ${records} records before it are as they were written.`;
    return `${printable(file)}:${line}: ${problem.replace("_", " ")}\n  ${meanings[problem]} ${rest}\n`;
  }
  const { records, promise, segments, torn, first, last, unknown } = verdict;
  const lines = [
    `ok: ${records} records of ${segments.length} starts, ${promises[promise]}`,
    ...(first !== undefined && first.seq > 1
      ? [`  They begin at record ${first.seq}; what was before is not here.`]
      : []),
    ...(torn > 0 ? [`  ${torn} lines were cut short by a crash or a full disk; the records behind them say so.`] : []),
    ...(last === undefined ? [] : [`  The last record is ${last.seq}:${last.mac}`]),
    ...unknown.map(
      ({ call_id: call, step_index: step, time, tool, argvs }) =>
        `unknown: ${time} call ${call} step ${step} ${tool} was begun and has no outcome: ${JSON.stringify(argvs)}`,
    ),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function toSnake(verdict: AuditWhole | AuditFault) {
  if (!verdict.ok) return verdict;
  const { segments, ...rest } = verdict;
  const named = segments.map(({ segment, firstSeq, lastSeq }) => ({ segment, first_seq: firstSeq, last_seq: lastSeq }));
  return { ...rest, segments: named };
}
