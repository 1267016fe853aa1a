// What the gate tells the audit: judgements, intents and outcomes as AuditEvents (design section 8). Pure.
import { createHash } from "node:crypto";
import type { Plan } from "../domain/command.ts";
import type { StepOutcome } from "../domain/outcome.ts";
import type { AuditEvent, PolicyDecisionPoint } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import type { OutcomeCode } from "../errors.ts";
import type { Judgement, StageEvaluation } from "./judge.ts";
import { codeOfStep, withoutContent } from "./outcomes.ts";
import type { Stop } from "./stops.ts";

/** How a policy input says that no credential was found; a caller's own quotes are escaped in JSON text. */
const noCredentials = '"credentials":[]';

type Envelope = Pick<
  AuditEvent,
  "callId" | "principal" | "tool" | "transport" | "policyRevision" | "policyKeyId" | "traceId" | "rules"
>;

/** The part that every record of one call shares. */
export const envelope = (
  call: ToolCall,
  { revision, keyId }: Pick<PolicyDecisionPoint, "revision" | "keyId">,
  traceId: string | undefined,
): Envelope => ({
  callId: call.callId,
  principal: call.principal,
  tool: call.tool,
  transport: call.transport,
  policyRevision: revision,
  ...(keyId === undefined ? {} : { policyKeyId: keyId }),
  ...(traceId === undefined ? {} : { traceId }),
});

/**
 * One decision per stage; a call that ended before policy was asked gets one without input. A denial that no stage spoke
 * (their obligations do not hold together) is recorded as a decision of its own.
 */
export function decisionEvents(base: Envelope, call: ToolCall, judgement: Judgement): readonly AuditEvent[] {
  if (judgement.kind === "refused") {
    const { code, reason } = judgement;
    return [{ ...base, kind: "decision", effect: "deny", code, reasons: [reason], rawArguments: call.arguments }];
  }
  const { code, decision, plan, stages } = judgement;
  const isDenied = decision.effect === "deny";
  const holdsCredentials = isDenied && stages.some(mayHoldCredentials);
  const events = stages.map((stage) => stageEvent(base, call, plan, stage, holdsCredentials));
  const isSpoken = stages.some(({ evaluation }) => evaluation.decision.effect === "deny");
  if (!isDenied || isSpoken) return events;
  return [
    ...events,
    { ...base, kind: "decision", planDigest: plan.digest, effect: "deny", code, reasons: decision.reasons },
  ];
}

/** What policy was asked tells, whatever it answered: a fault names no rule. Without an input, doubt is a credential. */
const mayHoldCredentials = ({ evaluation: { input } }: StageEvaluation): boolean =>
  input?.includes(noCredentials) !== true;

function stageEvent(
  base: Envelope,
  call: ToolCall,
  plan: Plan,
  { stepIndex, stageIndex, command, evaluation }: StageEvaluation,
  holdsCredentials: boolean,
): AuditEvent {
  const { decision, fault, input } = evaluation;
  const verdict =
    decision.effect === "allow"
      ? { effect: "allow" as const, code: "ok", rules: decision.rules }
      : {
          effect: "deny" as const,
          code: fault === undefined ? "denied" : "policy_unavailable",
          rules: [...new Set(decision.reasons.map(({ rule }) => rule))],
          reasons: decision.reasons,
        };
  const material = holdsCredentials
    ? { rawArguments: call.arguments }
    : { ...(input === undefined ? {} : { input }), ...(command === undefined ? {} : { argvs: [command.argv] }) };
  const reason = plan.reason === undefined || holdsCredentials ? {} : { reason: plan.reason };
  return {
    ...base,
    kind: "decision",
    planDigest: plan.digest,
    stepIndex,
    stageIndex,
    ...verdict,
    ...material,
    ...reason,
  };
}

/** Durable before anything of the step starts. What goes in and is too large to record stands there by its digest. */
export function intentEvent(
  base: Envelope,
  plan: Plan,
  stepIndex: number,
  approval: Readonly<Record<string, unknown>> | undefined,
): AuditEvent {
  const step = plan.steps[stepIndex];
  const approved = approval === undefined ? {} : { approval };
  const intent = {
    ...base,
    kind: "intent",
    planDigest: plan.digest,
    stepIndex,
    argvs: argvsOf(plan, stepIndex),
  } as const;
  if (step?.fileChanges !== undefined) {
    return { ...intent, details: { file_changes: step.fileChanges.map(withoutContent), ...approved } };
  }
  const stdin =
    step?.stdin === undefined ? {} : { stdin_sha256: createHash("sha256").update(step.stdin).digest("hex") };
  const details = { ...stdin, ...approved };
  return Object.keys(details).length === 0 ? intent : { ...intent, details };
}

const argvsOf = (plan: Plan, stepIndex: number) => (plan.steps[stepIndex]?.stages ?? []).map(({ argv }) => argv);

/** What became of one step that had an intent. */
export function outcomeEvent(
  base: Envelope,
  plan: Plan,
  stepIndex: number,
  code: OutcomeCode | "fault",
  step: StepOutcome | undefined,
): AuditEvent {
  const stages = step?.stages.map(({ argv: _rendered, ...facts }) => facts) ?? [];
  const { stdout = "", stderr = "", truncated = false, redactions = {}, durationMs = 0 } = step ?? {};
  const problem = step?.problem === undefined ? {} : { problem: step.problem };
  const sizes = { stdout_bytes: Buffer.byteLength(stdout), stderr_bytes: Buffer.byteLength(stderr) };
  return {
    ...base,
    kind: "outcome",
    planDigest: plan.digest,
    stepIndex,
    argvs: argvsOf(plan, stepIndex),
    code,
    details: { stages, truncated, redactions, duration_ms: durationMs, ...sizes, ...problem },
  };
}

/** A read that another call's run answered: that call's outcome has the facts. */
export function cachedEvent(base: Envelope, plan: Plan, steps: readonly StepOutcome[], from: string): AuditEvent {
  const last = steps.at(-1);
  return {
    ...base,
    kind: "outcome",
    planDigest: plan.digest,
    stepIndex: 0,
    code: last === undefined ? "ok" : codeOfStep(last),
    details: { started: false, cached_from: from },
  };
}

/** A call that policy allowed and that ended before a step started (busy, no binary, approval missing …). */
export const stoppedEvent = (base: Envelope, plan: Plan, { code, message }: Stop): AuditEvent => ({
  ...base,
  kind: "outcome",
  planDigest: plan.digest,
  code,
  details: { started: false, message },
});
