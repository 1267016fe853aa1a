// `ai-sre policy check`: JSON lines of calls in, JSON lines of verdicts out, by the server's own code and no cluster.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Command } from "commander";
import type * as z from "zod";
import { openPolicy } from "../compose/policy.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { partOfStep } from "../domain/sandbox.ts";
import { judge, type Judgement } from "../gate/judge.ts";
import { withoutContent } from "../gate/outcomes.ts";
import { lineSchema, toCall, toObserved } from "./policy-check-line.ts";
import { endWithReader } from "./standard-output.ts";

/** Noon of a fixed day: the verdict of a line must not depend on when it is asked. */
const noon = { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => performance.now() };

interface Options {
  readonly data?: string;
  readonly policy?: string;
}

export function policyCheckCommand(): Command {
  return new Command("check")
    .description(
      "Judge calls: JSON lines {id, tool, arguments, principal?, observed?} on standard input, verdicts on standard output.",
    )
    .option("--policy <folder>", "policy bundle to judge by (default: AISRE_POLICY, or the one that comes with AI SRE)")
    .option("--data <file>", "YAML of site data to lay over the bundle's (default: AISRE_POLICY_DATA)")
    .action(async (options: Options, command: Command) => {
      const { policy: configured, serverUrl } = loadConfig();
      const { policy, settings } = await openPolicy(policyConfig(configured, options, command), { clock: noon });
      const repository = settings.git?.repository;
      const assumed = { serverUrl, ...(repository === undefined ? {} : { repository }) };
      endWithReader();
      for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
        if (line.trim() === "") continue;
        const raw = readLine(line);
        const asked = lineSchema.safeParse(raw);
        const verdict = asked.success
          ? {
              id: asked.data.id ?? null,
              ...verdictOf(judge(toCall(asked.data), policy, settings, toObserved(asked.data, assumed))),
            }
          : { id: idOf(raw), ...unreadable(asked.error) };
        process.stdout.write(`${JSON.stringify(verdict)}\n`);
      }
    });
}

/** The configuration of the environment, with the bundle and the data that the options name. */
function policyConfig(policy: Config["policy"], options: Options, command: Command) {
  const folder = options.policy ?? policy.folder;
  if (options.data === undefined) return { ...policy, folder };
  try {
    return { ...policy, folder, dataFile: readFileSync(options.data, "utf8") };
  } catch {
    return command.error(`cannot read ${options.data}`);
  }
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

/** The part of a judgement that a script or a reviewer compares. */
function verdictOf(judgement: Judgement) {
  if (judgement.kind === "refused") {
    return {
      effect: "deny",
      code: judgement.code,
      rules: [],
      reasons: [judgement.reason],
      obligations: null,
      steps: [],
    };
  }
  const { code, decision, plan } = judgement;
  const sandboxes = decision.effect === "allow" ? decision.sandboxes : [];
  const steps = plan.steps.map(({ stages, fileChanges }, stepIndex) => ({
    stages: stages.map(({ argv }, index) => {
      const sandbox = partOfStep(plan.steps, sandboxes, stepIndex)[index];
      return { argv, ...(sandbox === undefined ? {} : { sandbox }) };
    }),
    ...(fileChanges === undefined ? {} : { file_changes: fileChanges.map(withoutContent) }),
  }));
  return decision.effect === "allow"
    ? { effect: "allow", code, rules: decision.rules, reasons: [], obligations: toSnake(decision.obligations), steps }
    : {
        effect: "deny",
        code,
        rules: [...new Set(decision.reasons.map(({ rule }) => rule))].filter((rule) => !rule.startsWith("server/")),
        reasons: decision.reasons,
        obligations: null,
        steps,
      };
}

type Allowed = Extract<Extract<Judgement, { kind: "judged" }>["decision"], { effect: "allow" }>;

/** What nobody set is not printed: JSON drops it. */
const toSnake = ({ approval, redact, cacheTtlMs, ...bounds }: Allowed["obligations"]) => ({
  timeout_ms: bounds.timeoutMs,
  cpu_ms: bounds.cpuMs,
  max_output_bytes: bounds.maxOutputBytes,
  max_output_lines: bounds.maxOutputLines,
  max_line_bytes: bounds.maxLineBytes,
  temp_bytes: bounds.tempBytes,
  max_processes: bounds.maxProcesses,
  cache_ttl_ms: cacheTtlMs,
  ...(approval === undefined ? {} : { approval: { roles: approval.roles, expires_s: approval.expiresS } }),
  redact,
});

function unreadable(error: z.ZodError) {
  const where = error.issues.map(({ path, message }) => `${path.join(".") || "line"}: ${message}`).join("; ");
  const reason = { rule: "server/invalid-arguments", message: `Not a call: ${where}` };
  return { effect: "deny", code: "invalid_arguments", rules: [], reasons: [reason], obligations: null, steps: [] };
}
