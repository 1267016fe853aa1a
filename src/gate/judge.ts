// Rungs 1 to 4 of the ladder: tool → draft → plan → decision. Starts nothing and writes nothing, so that
// `ai-sre policy check` and the server answer from the same code.
import { understand } from "../command/understand.ts";
import type { Command, ParseSettings, Plan } from "../domain/command.ts";
import type { Decision, Evaluation, Reason } from "../domain/decision.ts";
import { mergeDecisions } from "../domain/merge-decisions.ts";
import type { PolicyDecisionPoint, Question } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import type { OutcomeCode } from "../errors.ts";
import { findTool } from "../tools/catalog.ts";
import { readArguments } from "../tools/read-arguments.ts";

/** One evaluation with the place it belongs to; a server action has no command. */
export interface StageEvaluation {
  readonly stepIndex: number;
  readonly stageIndex: number;
  readonly command?: Command;
  readonly evaluation: Evaluation;
}

export type Judgement =
  | {
      readonly kind: "refused";
      readonly code: Extract<OutcomeCode, "unknown_tool" | "invalid_arguments" | "not_understood">;
      readonly reason: Reason;
    }
  | {
      readonly kind: "judged";
      readonly code: Extract<OutcomeCode, "ok" | "denied" | "policy_unavailable">;
      readonly plan: Plan;
      readonly stages: readonly StageEvaluation[];
      /** Merged over the plan: any denial denies, limits are the lowest. */
      readonly decision: Decision;
    };

/** Judges one call. Never throws for what a caller sent. */
export function judge(call: ToolCall, policy: PolicyDecisionPoint, settings: ParseSettings): Judgement {
  const tool = findTool(call.tool);
  if (tool === undefined) return refused("unknown_tool", { message: `There is no tool named ${quote(call.tool)}.` });

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

  const { plan } = understood;
  // What n8n merged in is dropped: a login among its headers says nothing about what the agent sent.
  const asked = { ...call, arguments: read.own };
  const stages: readonly StageEvaluation[] = questions(asked, plan).map(({ place, question }) => ({
    ...place,
    evaluation: policy.decide(question),
  }));
  const decision = mergeDecisions(
    stages.map(({ stageIndex, command, evaluation }) => ({
      stage: stageIndex,
      argv: command?.argv ?? [],
      decision: evaluation.decision,
    })),
  );
  return { kind: "judged", code: codeOf(stages, decision), plan, stages, decision };
}

function codeOf(stages: readonly StageEvaluation[], decision: Decision) {
  if (decision.effect === "allow") return "ok";
  return stages.some(({ evaluation }) => evaluation.fault !== undefined) ? "policy_unavailable" : "denied";
}

/** What policy is asked: once per stage, or once for a server action. */
function questions(call: ToolCall, plan: Plan) {
  const common = { call, dryRun: plan.dryRun, reason: plan.reason ?? null, stepCount: Math.max(1, plan.steps.length) };
  if (plan.action === "server") {
    const question: Question = { ...common, kind: "server", stepIndex: 0 };
    return [{ place: { stepIndex: 0, stageIndex: 0 }, question }];
  }
  return plan.steps.flatMap((step, stepIndex) =>
    step.stages.map((command, stageIndex) => {
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
  );
}

/** A refusal before policy was asked: its rule is the server's own. */
function refused(code: Extract<Judgement, { kind: "refused" }>["code"], reason: Omit<Reason, "rule">): Judgement {
  return { kind: "refused", code, reason: { rule: serverRule(code), ...reason } };
}

/** `server/<code in kebab-case>`: the rule of a refusal that no policy rule spoke. */
export const serverRule = (code: OutcomeCode): string => `server/${code.replaceAll("_", "-")}`;

/** A caller's name for a message: bounded, printable, quoted. */
const quote = (text: string): string => JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
