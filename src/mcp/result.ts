// Outcome → CallToolResult: the facts as structuredContent in one shape, a short text for whoever reads only that.
// Called by server.ts after the gate has answered; decides nothing.
import type { CallToolResult } from "@modelcontextprotocol/server";
import type { ApprovalAnswer } from "../domain/approval.ts";
import type { Outcome } from "../domain/outcome.ts";
import { resultText } from "./result-text.ts";

/** The result of a tool call; `isError` for everything but `succeeded` and `approval_required`. */
export function toCallToolResult(outcome: Outcome): CallToolResult {
  return {
    content: [{ type: "text", text: resultText(outcome) }],
    structuredContent: toStructuredContent(outcome),
    isError: isError(outcome),
  };
}

export const isError = ({ outcome }: Outcome): boolean => outcome !== "succeeded" && outcome !== "approval_required";

/** The wire form of an outcome (docs/result.schema.json). */
export function toStructuredContent(outcome: Outcome): Record<string, unknown> {
  const { decision, approval } = outcome;
  return present({
    outcome: outcome.outcome,
    code: outcome.code,
    call_id: outcome.callId,
    steps: outcome.steps.map(({ stages, fileChanges }) =>
      present({
        stages: stages.map(({ argv, exitCode, signal }) => present({ argv, exit_code: exitCode, signal })),
        file_changes: fileChanges,
      }),
    ),
    results: outcome.results?.map(present),
    stdout: outcome.stdout,
    stderr: outcome.stderr,
    truncated: outcome.truncated,
    redactions: outcome.redactions,
    commit: outcome.commit,
    cached_from: outcome.cachedFrom,
    duration_ms: Math.round(outcome.durationMs * 10) / 10,
    decision: { effect: decision.effect, rules: decision.rules, policy_revision: decision.policyRevision },
    reasons: outcome.reasons?.map(({ rule, message, token, position, try: hint }) =>
      present({ rule, message, token, position, try: hint }),
    ),
    approval: approval === undefined ? undefined : toApproval(approval),
    grant: outcome.grant,
    retry_after_ms: outcome.retryAfterMs,
  });
}

const toApproval = ({ request, summary, summaryHtml, expiresAtMs, approverRoles }: ApprovalAnswer) => ({
  request,
  summary,
  summary_html: summaryHtml,
  expires_at: new Date(expiresAtMs).toISOString(),
  approver_roles: approverRoles,
});

/** Without the keys that have no value: they are absent on the wire, not null. */
const present = (fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
