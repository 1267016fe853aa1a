// Facts → Outcome, for every way a call can end. Pure; used by the gate only.
import type { RequestFacts, VerdictHeld } from "../domain/approval.ts";
import type { FileChange, Plan } from "../domain/command.ts";
import type { PlanDecision, Reason } from "../domain/decision.ts";
import type { Outcome, StepOutcome } from "../domain/outcome.ts";
import { outcomeCodes, type OutcomeCode } from "../errors.ts";
import { type Judgement, type Refused, serverRule } from "./judge.ts";
import type { RunEnd } from "./run-plan.ts";
import type { Stop } from "./stops.ts";

export interface Circumstances {
  readonly callId: string;
  readonly policyRevision: string;
  readonly durationMs: number;
}

/** The code that a finished step comes to. */
export function codeOfStep(step: StepOutcome): OutcomeCode {
  if (step.ended !== "exited") return step.ended;
  if (step.problem !== undefined) return "exited";
  const failed = step.stages.find((stage) => !stage.answered);
  if (failed === undefined) return "ok";
  return failed.unreachable === true ? "cluster_unreachable" : "exited";
}

/** The outcome of a call that policy did not allow, or that never reached policy. */
export function refusedOutcome(judgement: Judgement, circumstances: Circumstances): Outcome {
  const denied = judgement.kind === "refused" ? undefined : judgement;
  const reasons = judgement.kind === "refused" ? [judgement.reason] : reasonsOf(judgement.decision);
  return outcome(judgement.code, circumstances, {
    steps: denied === undefined ? [] : plannedSteps(denied.plan),
    rules: [...new Set(reasons.map(({ rule }) => rule))].filter((rule) => !/^(?:server|approval)\//.test(rule)),
    effect: "deny",
    reasons,
    ...(judgement.kind === "refused" ? laterOf(judgement) : {}),
  });
}

/** When the work tree may have answered whoever it answers now, milliseconds. */
const workTreeRetryMs = 2000;

const laterOf = ({ code, retryAfterMs = workTreeRetryMs }: Refused): Pick<Outcome, "retryAfterMs"> =>
  code === "busy" || code === "rate_limited" ? { retryAfterMs } : {};

/** The outcome of an allowed call that ended before anything ran. */
export function stoppedOutcome(
  { code, message, retryAfterMs, rule = serverRule(code), try: hint, approval, reasons }: Stop,
  plan: Plan,
  decision: PlanDecision,
  circumstances: Circumstances,
): Outcome {
  return outcome(code, circumstances, {
    ...allowed(decision),
    steps: plannedSteps(plan),
    reasons: reasons ?? [{ rule, message, ...(hint === undefined ? {} : { try: hint }) }],
    ...(approval === undefined ? {} : { approval }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The outcome of a call that had a slot: of what ran, or of what kept it from running. */
export function endOutcome(
  plan: Plan,
  decision: PlanDecision,
  { steps, stop: hindrance, commit }: Pick<RunEnd, "steps" | "stop" | "commit">,
  circumstances: Circumstances & { readonly cachedFrom?: string },
): Outcome {
  const last = steps.at(-1);
  if (last === undefined && hindrance !== undefined) return stoppedOutcome(hindrance, plan, decision, circumstances);
  const code = hindrance?.code ?? (last === undefined ? "ok" : codeOfStep(last));
  const redactions = steps.flatMap((step) => Object.values(step.redactions)).reduce((sum, count) => sum + count, 0);
  const withFacts = plannedSteps(plan).map(({ stages, ...files }, step) => ({
    ...files,
    stages: stages.map((planned, stage) => ({ ...planned, ...factsOf(steps[step]?.stages[stage]) })),
  }));
  const { cachedFrom } = circumstances;
  return outcome(code, circumstances, {
    ...allowed(decision),
    steps: withFacts,
    stdout: last?.stdout ?? "",
    stderr: [...steps.map(({ stderr }) => stderr), ...notesOf(plan, steps.length)].join(""),
    truncated: steps.some(({ truncated }) => truncated),
    redactions,
    ...wordsFor(code),
    ...(commit === undefined ? {} : { commit }),
    ...(cachedFrom === undefined ? {} : { cachedFrom }),
  });
}

/** A command that ended itself has said why; for the others the server has to. */
const wordsFor = (code: OutcomeCode): Pick<Outcome, "reasons"> =>
  code === "ok" || code === "exited"
    ? {}
    : { reasons: [{ rule: serverRule(code), message: outcomeCodes[code].meaning }] };

/** The outcome of a server action, or of a dry run that the server itself answered. */
export function answeredOutcome(
  plan: Plan,
  decision: PlanDecision,
  stdout: string,
  circumstances: Circumstances,
): Outcome {
  return outcome("ok", circumstances, { ...allowed(decision), steps: plannedSteps(plan), stdout });
}

/** The outcome of a verdict: in words, and with the grant when it is an approval. */
export function decidedOutcome(
  plan: Plan,
  decision: PlanDecision,
  { verdict, by, first, grant, request }: VerdictHeld & { readonly request: RequestFacts },
  circumstances: Circumstances,
): Outcome {
  const verb = verdict === "approve" ? "approved" : "denied";
  const earlier = first ? "" : " before; the first verdict is final";
  const what = `${by} ${verb} this${earlier}: ${request.tool} for ${request.requester}, plan ${request.digest}.`;
  const until = grant === undefined ? "" : new Date(grant.expiresAtMs).toISOString();
  const next =
    grant === undefined
      ? "Nothing will run."
      : `${request.requester} calls ${request.tool} again with the same arguments and the grant as \`approval\`, once, until ${until}.`;
  const stdout = `${what}\n${next}\n`;
  return outcome("ok", circumstances, {
    ...allowed(decision),
    steps: plannedSteps(plan),
    stdout,
    ...(grant === undefined ? {} : { grant: grant.token }),
  });
}

type Parts = Omit<Outcome, "callId" | "outcome" | "code" | "durationMs" | "decision"> & {
  readonly effect: "allow" | "deny";
  readonly rules: readonly string[];
};

/** The outcome of a batch: of the first call that did not succeed, or of all. Calls that were not reached show as planned. */
export function batchOutcome(
  plan: Plan,
  decision: PlanDecision,
  ended: readonly { readonly tool: string; readonly outcome: Outcome }[],
  circumstances: Circumstances,
): Outcome {
  const failure = ended.findIndex(({ outcome: one }) => one.outcome !== "succeeded");
  const failed = ended[failure]?.outcome;
  const ran = ended.flatMap(({ outcome: one }) => one.steps);
  const commit = ended.findLast(({ outcome: one }) => one.commit !== undefined)?.outcome.commit;
  const reasons = failed?.reasons?.map((reason) => ({ ...reason, message: `step ${failure + 1}: ${reason.message}` }));
  return outcome(failed?.code ?? "ok", circumstances, {
    ...allowed(decision),
    steps: [...ran, ...plannedSteps(plan).slice(ran.length)],
    results: ended.map(({ tool, outcome: one }) => ({
      tool,
      outcome: one.outcome,
      code: one.code,
      ...(one.commit === undefined ? {} : { commit: one.commit }),
      ...(one.stdout === undefined ? {} : { stdout: one.stdout }),
      ...(one.stderr === undefined ? {} : { stderr: one.stderr }),
    })),
    truncated: ended.some(({ outcome: one }) => one.truncated === true),
    redactions: ended.reduce((sum, { outcome: one }) => sum + (one.redactions ?? 0), 0),
    ...(failed?.stderr === undefined ? {} : { stderr: failed.stderr }),
    ...(commit === undefined ? {} : { commit }),
    ...(reasons === undefined ? {} : { reasons }),
    ...(failed?.retryAfterMs === undefined ? {} : { retryAfterMs: failed.retryAfterMs }),
  });
}

function outcome(code: OutcomeCode, { callId, policyRevision, durationMs }: Circumstances, parts: Parts): Outcome {
  const { effect, rules, ...rest } = parts;
  const decision = { effect, rules, policyRevision };
  return Object.freeze({ callId, outcome: outcomeCodes[code].outcome, code, durationMs, decision, ...rest });
}

const allowed = (decision: PlanDecision) => ({
  effect: decision.effect,
  rules: decision.effect === "allow" ? decision.rules : [],
});

const reasonsOf = (decision: PlanDecision): readonly Reason[] => (decision.effect === "deny" ? decision.reasons : []);

/** What the grammars say of the commands that ran, in the form of standard error: `ai-sre: helm does not wait …`. */
const notesOf = ({ steps }: Plan, ran: number): readonly string[] =>
  steps
    .slice(0, ran)
    .flatMap(({ stages }) => stages)
    .flatMap(({ note, dryRun }) => (note === undefined || dryRun ? [] : [`ai-sre: ${note}\n`]));

const plannedSteps = (plan: Plan): Outcome["steps"] =>
  plan.steps.map(({ stages, fileChanges }) => ({
    stages: stages.map(({ argv }) => ({ argv })),
    ...(fileChanges === undefined ? {} : { fileChanges: fileChanges.map(withoutContent) }),
  }));

/** What is told of a changed file: its digest stands for its content. */
export const withoutContent = ({ path, operation, sha256, bytes }: FileChange): Omit<FileChange, "content"> => ({
  path,
  operation,
  sha256,
  bytes,
});

const factsOf = ({ exitCode, signal }: Partial<StepOutcome["stages"][number]> = {}) => ({
  ...(exitCode === undefined ? {} : { exitCode }),
  ...(signal === undefined ? {} : { signal }),
});
