// Rungs 1, 2 and 4 of the ladder: tool → draft → plan → decision. Starts nothing and writes nothing, so that
// `ai-sre policy check` and the server answer from the same code.
import { withObserved } from "../command/observe.ts";
import { understand } from "../command/understand.ts";
import type { Command, Observed, ParseSettings, Plan } from "../domain/command.ts";
import type { Evaluation, PlanDecision, Reason } from "../domain/decision.ts";
import { mergeDecisions } from "../domain/merge-decisions.ts";
import type { PolicyDecisionPoint, Question } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import type { OutcomeCode } from "../errors.ts";
import { findTool, nearestTool } from "../tools/catalog.ts";
import { readArguments } from "../tools/read-arguments.ts";

/** One evaluation with the place it belongs to; a server action and a change of a file have no command. */
export interface StageEvaluation {
  readonly stepIndex: number;
  readonly stageIndex: number;
  readonly command?: Command;
  readonly evaluation: Evaluation;
}

type RefusedCode = Extract<
  OutcomeCode,
  | "unknown_tool"
  | "invalid_arguments"
  | "not_understood"
  | "binary_unavailable"
  | "commit_not_here"
  | "repository_refused"
  | "busy"
  | "rate_limited"
  | "grant_invalid"
>;

/** A call that ended before policy was asked. */
export interface Refused {
  readonly kind: "refused";
  readonly code: RefusedCode;
  readonly reason: Reason;
  /** When there may be room again. */
  readonly retryAfterMs?: number;
}

/** A call that was understood: what was asked, without n8n's extras, and what it comes to. */
export interface Understood {
  readonly kind: "understood";
  readonly asked: ToolCall;
  readonly plan: Plan;
  /** What the caller brought as `approval`, unread. */
  readonly grant?: string;
}

export interface Judged {
  readonly kind: "judged";
  readonly code: Extract<OutcomeCode, "ok" | "denied" | "policy_unavailable" | "grant_invalid">;
  readonly plan: Plan;
  readonly stages: readonly StageEvaluation[];
  /** Merged over the plan: any denial denies, limits are the lowest. */
  readonly decision: PlanDecision;
}

export type Judgement = Refused | Judged;

type Decider = Pick<PolicyDecisionPoint, "decide">;

/** Rungs 1 and 2. Never throws for what a caller sent. */
export function readCall(call: ToolCall, settings: ParseSettings): Refused | Understood {
  const tool = findTool(call.tool);
  if (tool === undefined) return unknownTool(call.tool);

  const read = readArguments(tool, call.arguments, settings.endpoints);
  if (!read.ok) {
    return refused(read.unready === true ? "not_understood" : "invalid_arguments", {
      message: read.message,
      ...(read.field === undefined ? {} : { token: read.field }),
      ...(read.try === undefined ? {} : { try: read.try }),
    });
  }

  const understood = understand(read.draft, settings);
  if (!understood.ok) return refused("not_understood", understood.refusal);
  // What n8n merged in is dropped: a login among its headers says nothing about what the agent sent.
  const asked = { ...call, arguments: read.own };
  return {
    kind: "understood",
    asked,
    plan: understood.plan,
    ...(read.grant === undefined ? {} : { grant: read.grant }),
  };
}

/** Rung 4: what policy says of every stage and every change of a file; `approvedBy` names who gave a valid grant. */
export const judgePlan = ({ asked, plan }: Understood, policy: Decider, approvedBy?: string): Judged =>
  mergeStages(plan, judgeStages({ asked, plan }, policy, approvedBy));

export const judgeStages = (
  { asked, plan }: Pick<Understood, "asked" | "plan">,
  policy: Decider,
  approvedBy?: string,
): readonly StageEvaluation[] =>
  questions(asked, plan, approvedBy).map(({ place, question }) => ({ ...place, evaluation: policy.decide(question) }));

/** One decision out of one per stage. */
export function mergeStages(plan: Plan, stages: readonly StageEvaluation[]): Judged {
  const decision = mergeDecisions(
    stages.map(({ stageIndex, command, evaluation }) => ({
      stage: stageIndex,
      argv: command?.argv ?? [],
      ...(command === undefined ? {} : { sandbox: command.sandbox }),
      decision: evaluation.decision,
    })),
  );
  return { kind: "judged", code: codeOf(stages, decision), plan, stages, decision };
}

/** Rungs 1, 2 and 4 in one, with facts that `assume` gives instead of observation; none without it. */
export function judge(
  call: ToolCall,
  policy: Decider,
  settings: ParseSettings,
  assume?: (plan: Plan) => Observed,
): Judgement {
  const read = readCall(call, settings);
  if (read.kind === "refused") return read;
  const plan = assume === undefined ? read.plan : withObserved(read.plan, assume(read.plan));
  return judgePlan({ ...read, plan }, policy);
}

function codeOf(stages: readonly StageEvaluation[], decision: PlanDecision) {
  if (decision.effect === "allow") return "ok";
  return stages.some(({ evaluation }) => evaluation.fault !== undefined) ? "policy_unavailable" : "denied";
}

/** What policy is asked: once per stage, once per change of a file, or once for a server action or a verdict. */
function questions(call: ToolCall, plan: Plan, approvedBy: string | undefined) {
  const common = {
    call,
    dryRun: plan.dryRun,
    reason: plan.reason ?? null,
    stepCount: Math.max(1, plan.steps.length),
    ...(plan.observed === undefined ? {} : { observed: plan.observed }),
    ...(approvedBy === undefined ? {} : { approvedBy }),
  };
  if (plan.verdict !== undefined) {
    const { request } = plan.observed ?? {};
    if (request === undefined) throw new Error("a verdict is judged on the request that it is about");
    const question: Question = { ...common, kind: "approve", stepIndex: 0, verdict: plan.verdict.verdict, request };
    return [{ place: { stepIndex: 0, stageIndex: 0 }, question }];
  }
  if (plan.action === "server") {
    const question: Question = { ...common, kind: "server", stepIndex: 0 };
    return [{ place: { stepIndex: 0, stageIndex: 0 }, question }];
  }
  return plan.steps.flatMap((step, stepIndex) => [
    ...(step.fileChanges ?? []).map((fileChange, stageIndex) => {
      const question: Question = { ...common, kind: "file_change", stepIndex, fileChange };
      return { place: { stepIndex, stageIndex }, question };
    }),
    ...step.stages.map((command, stageIndex) => {
      const question: Question = {
        ...common,
        kind: "command",
        stepIndex,
        command,
        stageIndex,
        stages: step.stages,
        ...(stageIndex === 0 && step.stdin !== undefined ? { stdin: step.stdin } : {}),
      };
      return { place: { stepIndex, stageIndex, command }, question };
    }),
  ]);
}

/** A refusal before policy was asked: its rule is the server's own. */
export function refused(code: RefusedCode, reason: Omit<Reason, "rule">, retryAfterMs?: number): Refused {
  const later = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { kind: "refused", code, reason: { rule: serverRule(code), ...reason }, ...later };
}

/** `server/<code in kebab-case>`: the rule of a refusal that no policy rule spoke. */
export const serverRule = (code: OutcomeCode): string => `server/${code.replaceAll("_", "-")}`;

function unknownTool(name: string): Refused {
  const quoted = quote(name);
  const near = nearestTool(name);
  return refused("unknown_tool", {
    message: `There is no tool named ${quoted}.`,
    token: quoted.slice(1, -1),
    ...(near === undefined ? {} : { try: near }),
  });
}

/** A caller's name for a message: bounded, printable, quoted. */
const quote = (text: string): string => JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
