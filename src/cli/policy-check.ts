// `ai-sre policy check`: JSON lines of calls in, JSON lines of verdicts out, by the server's own code and no cluster.
import { createInterface } from "node:readline";
import { Command } from "commander";
import type * as z from "zod";
import { askedSchema } from "../desk/asked.ts";
import type { Side } from "../desk/side.ts";
import { wholeVerdictOf } from "../desk/verdict.ts";
import { type SideOptions, sideOf, withSide } from "./policy-options.ts";
import { printable } from "./printable.ts";
import { endWithReader } from "./standard-output.ts";

export function policyCheckCommand(): Command {
  const command = new Command("check").description(
    "Judge calls: JSON lines {id, tool, arguments, principal?, observed?} on standard input, verdicts on standard output.",
  );
  return withSide(command).action(async (options: SideOptions, self: Command) => {
    const side = await sideOf(options, self);
    endWithReader();
    let number = 0;
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (line.trim() === "") continue;
      process.stdout.write(`${JSON.stringify(answer(side, line, number))}\n`);
    }
  });
}

function answer(side: Side, line: string, number: number) {
  const read = readLine(line);
  if ("problem" in read) return { id: null, ...refused(`Line ${number} is not JSON: ${read.problem}`) };
  const asked = askedSchema.safeParse(read.value);
  if (asked.success) return { id: asked.data.id ?? null, ...wholeVerdictOf(side.judgeWhole(asked.data)) };
  return { id: idOf(read.value), ...refused(`Line ${number} is not a call: ${problemsOf(asked.error)}`) };
}

function readLine(line: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(line) };
  } catch (error) {
    // What V8 says of it quotes the line, which a terminal should not obey.
    return { problem: error instanceof Error ? printable(error.message) : "unreadable" };
  }
}

/** The line's own id even when the rest of it is no call: whoever asked must find the answer. */
const idOf = (raw: unknown): unknown => (typeof raw === "object" && raw !== null && "id" in raw ? raw.id : null);

const problemsOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");

function refused(message: string) {
  const reasons = [{ rule: "server/invalid-arguments", message }];
  return { effect: "deny", code: "invalid_arguments", rules: [], reasons, obligations: null, steps: [] };
}
