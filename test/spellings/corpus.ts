// The corpus, and one call judged as `ai-sre policy check` judges a line of it, in this process, for the site that
// test/corpus/README.md names.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { askedSchema, toCall, toObserved } from "../../src/desk/asked.ts";
import { composePolicy } from "../../src/compose/policy.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Reason } from "../../src/domain/decision.ts";
import { judge } from "../../src/gate/judge.ts";
import type { Call } from "./call.ts";

const rowSchema = z.object({
  id: z.string(),
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  expected: z.enum(["allow", "approval", "deny"]),
});

export type Row = z.output<typeof rowSchema>;

export const rows: readonly Row[] = readFileSync(path.join(import.meta.dirname, "../corpus/calls.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((text) => rowSchema.parse(JSON.parse(text)));

const config = loadConfig({
  GITHUB_REPO: "o/r",
  PROMETHEUS_URL: "http://prometheus.monitoring.svc:9090",
  ALERTMANAGER_URL: "http://alertmanager.monitoring.svc:9093",
  FLUX_NAMESPACE: "flux-system",
});
const noon = { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => performance.now() };
const { policy, settings } = composePolicy(config.policy, { clock: noon });
const assumed = { repository: "o/r", serverUrl: config.serverUrl };

/** `runs` is the digest of what would run; `teaches`: every reason says what is wrong, and where or what to write instead. */
export type Verdict =
  | { readonly effect: "allow"; readonly approval: boolean; readonly runs: string }
  | { readonly effect: "deny"; readonly teaches: boolean };

/** @throws where the parser does, or where policy faults: neither is a verdict. */
export function verdictOf({ tool, arguments: own }: Call): Verdict {
  const line = askedSchema.parse({ tool, arguments: own });
  const judgement = judge(toCall(line), policy, settings, toObserved(line, assumed));
  if (judgement.kind === "refused") return { effect: "deny", teaches: teaches(judgement.reason) };
  const { code, decision, plan } = judgement;
  if (code === "policy_unavailable") throw new Error(`policy had no answer: ${JSON.stringify(decision)}`);
  return decision.effect === "allow"
    ? { effect: "allow", approval: decision.obligations.approval !== undefined, runs: plan.digest }
    : { effect: "deny", teaches: decision.reasons.length > 0 && decision.reasons.every(teaches) };
}

const teaches = ({ message, token, try: hint }: Pick<Reason, "message" | "token" | "try">): boolean =>
  message.length >= 10 && ((token ?? "") !== "" || (hint ?? "") !== "");
