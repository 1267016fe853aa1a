// `ai-sre policy explain`: one call, or one that the audit recorded; what was understood, which rules spoke, and why.
import { Command } from "commander";
import { type PlacedRecord, readRecords } from "../audit/read-records.ts";
import { askedSchema } from "../desk/asked.ts";
import { explainRecords } from "../desk/explain-record.ts";
import { renderExplanation, renderRecords } from "../desk/explain-text.ts";
import { explain } from "../desk/explain.ts";
import { paintFor } from "../desk/paint.ts";
import { readable, type SideOptions, sideOf, toRole, withSide } from "./policy-options.ts";
import { endWithReader } from "./standard-output.ts";

interface Options extends SideOptions {
  readonly command?: string;
  readonly tool?: string;
  readonly arguments?: string;
  readonly principal: string;
  readonly role?: readonly string[];
  readonly callId?: string;
  readonly audit?: readonly string[];
  readonly json?: true;
}

const examples = `
Examples:
  $ ai-sre policy explain --command 'kubectl get secrets'
  $ ai-sre policy explain --tool kubectl_rollout_restart --arguments '{"resource":"deployment","name":"web"}' --role viewer
  $ ai-sre policy explain --call-id 01J… --audit audit.jsonl audit.1.jsonl.gz --json

Exit code: 0 allowed, 1 denied, 2 usage or configuration.`;

export function policyExplainCommand(): Command {
  const command = new Command("explain")
    .description("Say what was understood of one call, which rules were considered and why, and what would be allowed.")
    .option("--command <line>", "a command line, as cli_tool takes it")
    .option("--tool <name>", "a tool, with --arguments")
    .option("--arguments <json>", "the tool's arguments as a JSON object", "{}")
    .option("--principal <id>", "who asks", "policy-explain")
    .option("--role <name...>", "the roles of who asks (default: operator)")
    .option("--call-id <id>", "a call that was recorded, with --audit")
    .option("--audit <file...>", "audit files to look for it in; - is standard input, .gz is unpacked");
  return withSide(command)
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action(async (options: Options, self: Command) => {
      refuseContradictions(self);
      const print = await (options.callId === undefined ? explainCall(options, self) : explainRecorded(options, self));
      endWithReader();
      process.stdout.write(options.json === true ? `${JSON.stringify(print.value, null, 2)}\n` : print.text());
      process.exitCode = print.allowed ? 0 : 1;
    });
}

/** Option → those that mean nothing beside it. */
const contradictions: Readonly<Record<string, readonly string[]>> = {
  callId: ["command", "tool", "arguments", "principal", "role"],
  command: ["tool", "arguments", "audit"],
  tool: ["audit"],
};

function refuseContradictions(self: Command): void {
  const isGiven = (option: string): boolean => self.getOptionValueSource(option) === "cli";
  for (const [option, others] of Object.entries(contradictions)) {
    const other = isGiven(option) ? others.find(isGiven) : undefined;
    if (other !== undefined) self.error(`--${dashed(option)} and --${dashed(other)} cannot be given together`);
  }
}

const dashed = (option: string): string => option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function explainCall(options: Options, self: Command) {
  const asked = askedOf(options, self);
  const value = explain(await sideOf(options, self), asked);
  return { value, text: () => renderExplanation(value, paintFor(process.stdout)), allowed: value.effect === "allow" };
}

function askedOf({ command, tool, arguments: given, principal, role = ["operator"] }: Options, self: Command) {
  if ((command === undefined) === (tool === undefined)) {
    return self.error("give one of --command, --tool and --call-id");
  }
  const call =
    tool === undefined ? { tool: "cli_tool", arguments: { command } } : { tool, arguments: readJson(given, self) };
  const roles = role.map((name) => toRole(name, self));
  return askedSchema.parse({ ...call, principal: { id: principal, roles } });
}

function readJson(text: string | undefined, self: Command): unknown {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return self.error(`--arguments: '${text}' is not JSON`);
  }
}

async function explainRecorded(options: Options, self: Command) {
  const { audit = [], callId } = options;
  if (audit.length === 0) return self.error("--call-id needs --audit FILE…");
  const records = await readable(recordsOf(audit, callId), self);
  if (records.length === 0) return self.error(`no decision about ${callId} in ${audit.join(", ")}`);
  const ids = new Set(records.map(({ record }) => record.call_id));
  if (ids.size > 1) return self.error(`${callId} begins the ids of ${ids.size} calls: give more of it`);
  const value = explainRecords(await sideOf(options, self), records);
  const allowed = value.stages.every((stage) => "decision" in stage && stage.decision.effect === "allow");
  return { value, text: () => renderRecords(value, paintFor(process.stdout)), allowed };
}

async function recordsOf(files: readonly string[], callId: string | undefined): Promise<readonly PlacedRecord[]> {
  const records: PlacedRecord[] = [];
  for await (const placed of readRecords(files)) {
    const { kind, call_id: id } = placed.record;
    if (kind === "decision" && callId !== undefined && id?.startsWith(callId) === true) records.push(placed);
  }
  return records;
}
