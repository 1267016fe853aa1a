// `ai-sre policy check`: JSON lines of calls in, JSON lines of verdicts out, by the server's own code and no cluster.
import { createInterface } from "node:readline";
import { Command } from "commander";
import type * as z from "zod";
import { askedSchema } from "../desk/asked.ts";
import { verdictOf } from "../desk/verdict.ts";
import { type SideOptions, sideOf, withSide } from "./policy-options.ts";
import { endWithReader } from "./standard-output.ts";

export function policyCheckCommand(): Command {
  const command = new Command("check").description(
    "Judge calls: JSON lines {id, tool, arguments, principal?, observed?} on standard input, verdicts on standard output.",
  );
  return withSide(command).action(async (options: SideOptions, self: Command) => {
    const side = await sideOf(options, self);
    endWithReader();
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === "") continue;
      const raw = readLine(line);
      const asked = askedSchema.safeParse(raw);
      const verdict = asked.success
        ? { id: asked.data.id ?? null, ...verdictOf(side.judge(asked.data)) }
        : { id: idOf(raw), ...unreadable(asked.error) };
      process.stdout.write(`${JSON.stringify(verdict)}\n`);
    }
  });
}

function readLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The line's own id even when the rest of it is no call: whoever asked must find the answer. */
const idOf = (raw: unknown): unknown => (typeof raw === "object" && raw !== null && "id" in raw ? raw.id : null);

function unreadable(error: z.ZodError) {
  const where = error.issues.map(({ path, message }) => `${path.join(".") || "line"}: ${message}`).join("; ");
  const reason = { rule: "server/invalid-arguments", message: `Not a call: ${where}` };
  return { effect: "deny", code: "invalid_arguments", rules: [], reasons: [reason], obligations: null, steps: [] };
}
