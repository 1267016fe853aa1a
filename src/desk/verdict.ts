// A judgement as JSON: what a script or a reviewer compares. The shape that `ai-sre policy check` prints; pure.
import { partOfStep } from "../domain/sandbox.ts";
import type { PlanObligations } from "../domain/decision.ts";
import type { Judgement } from "../gate/judge.ts";
import type { WholeJudgement } from "../gate/judge-inner.ts";
import { withoutContent } from "../gate/outcomes.ts";

/** With `calls`, where calls stand in the call: the verdict on each, as far as they were read. */
export function wholeVerdictOf({ judgement, calls }: WholeJudgement) {
  const inner = calls.map(({ number, asked, judgement: own }) => ({ number, tool: asked.tool, ...verdictOf(own) }));
  return { ...verdictOf(judgement), ...(inner.length === 0 ? {} : { calls: inner }) };
}

export function verdictOf(judgement: Judgement) {
  if (judgement.kind === "refused") return denied(judgement.code, [], [judgement.reason], []);
  const { code, decision, plan } = judgement;
  const sandboxes = decision.effect === "allow" ? decision.sandboxes : [];
  const steps = plan.steps.map(({ stages, fileChanges }, stepIndex) => ({
    stages: stages.map(({ argv }, index) => {
      const sandbox = partOfStep(plan.steps, sandboxes, stepIndex)[index];
      return { argv, ...(sandbox === undefined ? {} : { sandbox }) };
    }),
    ...(fileChanges === undefined ? {} : { file_changes: fileChanges.map(withoutContent) }),
  }));
  if (decision.effect === "allow") {
    const obligations = obligationsOf(decision.obligations);
    return { effect: "allow" as const, code, rules: decision.rules, reasons: [], obligations, steps };
  }
  const rules = [...new Set(decision.reasons.map(({ rule }) => rule))].filter((rule) => !rule.startsWith("server/"));
  return denied(code, rules, decision.reasons, steps);
}

const denied = <Code, Reason, Step>(
  code: Code,
  rules: readonly string[],
  reasons: readonly Reason[],
  steps: readonly Step[],
) => ({ effect: "deny" as const, code, rules, reasons, obligations: null, steps });

/** What nobody set is not printed: JSON drops it. */
export const obligationsOf = ({ approval, preflight, redact, cacheTtlMs, ...bounds }: PlanObligations) => ({
  timeout_ms: bounds.timeoutMs,
  cpu_ms: bounds.cpuMs,
  max_output_bytes: bounds.maxOutputBytes,
  max_output_lines: bounds.maxOutputLines,
  max_line_bytes: bounds.maxLineBytes,
  temp_bytes: bounds.tempBytes,
  max_processes: bounds.maxProcesses,
  cache_ttl_ms: cacheTtlMs,
  ...(approval === undefined ? {} : { approval: { roles: approval.roles, expires_s: approval.expiresS } }),
  preflight,
  redact,
});
