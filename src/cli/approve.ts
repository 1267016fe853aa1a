// `ai-sre approve show|approve|deny`: a person at a terminal. `show` reads the request itself; the other two show it, then send
// the verdict to POST /approvals of a running server, which verifies the request: what was shown is what was signed, or it refuses.
import { readFileSync } from "node:fs";
import { Command } from "commander";
import * as z from "zod";
import type { Verdict } from "../domain/approval.ts";
import { endWithReader } from "./standard-output.ts";
import { type ShownRequest, showRequest } from "./approve-show.ts";
import { type KeyOptions, keyOf, refusedKey, withKey } from "./key-options.ts";

const keyVariable = "MCP_APPROVER_KEY";

interface Options extends KeyOptions {
  readonly url: string;
  readonly note?: string;
  readonly json?: true;
}

export function approveCommand(): Command {
  const command = new Command("approve").description("Look at a request for approval, and decide on it.");
  const show = new Command("show")
    .description("Print all that a request asks for. Its signature is checked when you decide.")
    .argument("[request]", "`approval.request` of the answer; - or nothing reads it from standard input")
    .option("--json", "print its fields and the text as JSON")
    .action((given: string | undefined, { json }: Pick<Options, "json">, self: Command) => {
      endWithReader();
      const shown = readRequest(given, self);
      process.stdout.write(json === true ? `${JSON.stringify(shown)}\n` : `${shown.text}\n`);
    });
  command.addCommand(show);
  command.addCommand(verdictCommand("approve", "Let it run once. The first verdict on a request is final."));
  command.addCommand(verdictCommand("deny", "Say no. The first verdict on a request is final."));
  return command;
}

const verdictCommand = (verdict: Verdict, description: string): Command =>
  withKey(
    new Command(verdict)
      .description(description)
      .argument("[request]", "`approval.request` of the answer; - or nothing reads it from standard input")
      .option("--url <url>", "http(s)://…/approvals of the server", "http://127.0.0.1:8080/approvals"),
    keyVariable,
  )
    .option("--note <text>", "for the audit")
    .option("--json", "print the structured result only")
    .action(async (given: string | undefined, options: Options, self: Command) => {
      endWithReader();
      const token = requestIn(given);
      const shown = readRequest(token, self);
      if (options.json !== true) process.stdout.write(`${shown.text}\n\n`);
      const answer = await send(options, { request: token, verdict, digest: shown.plan, note: options.note }, self);
      process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : inWords(answer));
      process.exitCode = answer.outcome === "succeeded" ? 0 : 1;
    });

const requestIn = (given: string | undefined): string =>
  (given === undefined || given === "-" ? readFileSync(0, "utf8") : given).trim();

function readRequest(given: string | undefined, command: Command): ShownRequest {
  return (
    showRequest(requestIn(given)) ??
    command.error("this is no request for approval: pass `approval.request` of the answer")
  );
}

const answerSchema = z.looseObject({
  outcome: z.string(),
  stdout: z.string().optional(),
  grant: z.string().optional(),
  reasons: z.array(z.looseObject({ rule: z.string(), message: z.string(), try: z.string().optional() })).default([]),
});
type Answer = z.output<typeof answerSchema>;

async function send(options: Options, body: object, command: Command): Promise<Answer> {
  const { url } = options;
  const bearer = keyOf(options, keyVariable, command);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify(body),
    });
    if (response.status === 401) throw new Error(refusedKey("the server", bearer, keyVariable));
    if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
    return answerSchema.parse(await response.json());
  } catch (error) {
    return command.error(`no verdict at ${url}: ${error instanceof Error ? error.message : "unknown"}`);
  }
}

function inWords({ outcome, stdout = "", grant, reasons }: Answer): string {
  const said = reasons.map(
    ({ rule, message, try: hint }) => `${rule}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  const lines = [...(outcome === "succeeded" ? [] : [outcome]), ...said, ...(stdout === "" ? [] : [stdout.trimEnd()])];
  return `${[...lines, ...(grant === undefined ? [] : [`grant ${grant}`])].join("\n")}\n`;
}
