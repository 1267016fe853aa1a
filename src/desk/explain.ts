// Everything that can be said about one judgement: tokens, model, every rule considered, decision, obligations, the argv that
// would run, and for a denial the smallest change that would be allowed. Facts only; explain-text.ts makes prose of them.
import type { Draft } from "../domain/command.ts";
import type { Decision, Reason } from "../domain/decision.ts";
import type { Judgement, StageEvaluation } from "../gate/judge.ts";
import type { PolicyInput } from "../policy/input.ts";
import type { Considered } from "../policy/inquiry.ts";
import { findTool } from "../tools/catalog.ts";
import { readArguments } from "../tools/read-arguments.ts";
import { type Annotations, annotationsOf } from "./annotations.ts";
import type { Asked } from "./asked.ts";
import { tokensOf } from "./edits.ts";
import { toCommandLine } from "./quote.ts";
import type { Side } from "./side.ts";
import { findSmallestChange, type Search } from "./smallest-change.ts";
import { obligationsOf, verdictOf } from "./verdict.ts";

/** A rule that was reached, with what its METADATA says of it. */
export interface ExplainedRule extends Considered {
  readonly title: string;
  readonly severity?: string;
  /** What a denial says. */
  readonly reasons?: readonly Omit<Reason, "rule">[];
}

export interface ExplainedStage {
  readonly step: number;
  readonly stage: number;
  /** The policy input's own words for what was understood; absent for an action of the server. */
  readonly model?: PolicyInput["command"] | PolicyInput["file_change"];
  readonly considered: readonly ExplainedRule[];
  readonly decision: Decision;
}

export type Explanation = ReturnType<typeof explain>;
export type ExplainedCall = ReturnType<typeof explainCall>;

/** Explains a call, and each call in it, judged as the server would judge it. */
export function explain(side: Side, asked: Asked) {
  const { judgement, own = judgement, calls } = side.judgeWhole(asked);
  const annotations = annotationsOf(side.folder);
  const inner = calls.map((one) => ({
    number: one.number,
    ...explainCall(side, annotations, { ...asked, ...one.asked }, one.judgement, !one.isForeseen),
  }));
  return {
    // Where a call in it is what was denied, that one has the change.
    ...explainCall(side, annotations, asked, own, true),
    policy: policyOf(side),
    ...verdictOf(judgement),
    ...(inner.length === 0 ? {} : { calls: inner }),
  };
}

function explainCall(side: Side, annotations: Annotations, asked: Asked, judgement: Judgement, isAlone: boolean) {
  const stages =
    judgement.kind === "refused" ? [] : judgement.stages.map((one) => explainStage(side, annotations, one));
  const search = judgement.code === "ok" || !isAlone ? undefined : findSmallestChange(side, asked, judgement);
  const { tool, arguments: own, principal } = asked;
  return {
    call: { tool, arguments: own ?? {}, principal },
    tokens: tokensOfCall(side, asked),
    stages,
    ...verdictOf(judgement),
    ...(search === undefined ? {} : { smallest_change: changesOf(search) }),
  };
}

export const policyOf = ({ folder, policy }: Side) => ({
  folder,
  revision: policy.revision,
  mode: policy.siteData.mode,
});

function explainStage(side: Side, annotations: Annotations, { stepIndex, stageIndex, evaluation }: StageEvaluation) {
  return {
    step: stepIndex,
    stage: stageIndex,
    ...explainInput(side, annotations, evaluation.input, evaluation.decision),
  };
}

/** What the policy says of one input, word for word. */
export function explainInput(
  { inquiry }: Side,
  annotations: Annotations,
  input: string | undefined,
  decision: Decision,
): Omit<ExplainedStage, "step" | "stage"> {
  if (input === undefined) return { considered: [], decision };
  const { command, file_change: fileChange, action }: Partial<PolicyInput> = JSON.parse(input);
  const answer = inquiry.explain(input);
  const model = command ?? fileChange;
  return {
    ...(model === undefined ? {} : { model }),
    considered: answer.ok ? consideredRules(answer.value, annotations, decision, action?.kind) : [],
    decision,
  };
}

/**
 * The entrypoint tells of rules that allow and of denials that hold. Denials of the same packages that do not hold were
 * considered as well: the annotations know them. Denials first, and first of all what decided.
 */
function consideredRules(
  told: readonly Considered[],
  { rules }: Annotations,
  decision: Decision,
  kind: PolicyInput["action"]["kind"] | undefined,
): readonly ExplainedRule[] {
  const reasons = decision.effect === "deny" ? decision.reasons : [];
  const reached = new Set(["guard", ...told.map(({ rule }) => rule.split("/")[0])]);
  const silent = rules.filter(
    ({ id, effect }) =>
      effect === "deny" &&
      (kind === "command" || id.startsWith("guard/")) &&
      reached.has(id.split("/")[0]) &&
      !told.some(({ rule }) => rule === id),
  );
  const all = [...told, ...silent.map(({ id }) => ({ rule: id, effect: "deny", matched: false, checks: {} }) as const)];
  return all
    .map((one): ExplainedRule => {
      const { title = "", severity } = rules.find(({ id }) => id === one.rule) ?? {};
      const said = reasons.filter(({ rule }) => rule === one.rule).map(({ rule: _rule, ...words }) => words);
      return {
        ...one,
        checks: Object.fromEntries(Object.entries(one.checks).toSorted(([left], [right]) => (left < right ? -1 : 1))),
        title,
        ...(severity === undefined ? {} : { severity }),
        ...(said.length === 0 ? {} : { reasons: said }),
      };
    })
    .toSorted((left, right) => placeOf(left) - placeOf(right) || (left.rule < right.rule ? -1 : 1));
}

const placeOf = ({ effect, matched, checks }: Considered): number => {
  if (matched) return effect === "deny" ? 0 : 1;
  if (effect === "deny") return 1000;
  return 2 + Object.values(checks).filter((holds) => !holds).length;
};

/** The words of the call, before any grammar: as they were sent, or as the tool writes its arguments. */
function tokensOfCall({ settings }: Side, { tool: name, arguments: raw }: Asked): readonly (readonly string[])[] {
  const tool = findTool(name);
  const read = tool === undefined ? undefined : readArguments(tool, raw, settings.endpoints);
  return read?.ok === true ? tokensOfDraft(read.draft) : [];
}

const tokensOfDraft = ({ steps }: Draft): readonly (readonly string[])[] =>
  steps.flatMap((step) => {
    if ("files" in step) return [];
    return "argv" in step ? [step.argv] : tokensOf({ command: step.commandLine });
  });

export const changesOf = ({ changes, tried }: Search) => ({
  tried,
  found: changes.map(({ edits, asked, judgement }) => {
    const { plan, decision } = judgement;
    const { tool, arguments: own, principal } = asked;
    const lines = plan.steps.map(({ stages }) => toCommandLine(stages.map(({ argv }) => argv)));
    return {
      edits,
      call: { tool, arguments: own, principal },
      runs: lines.filter((line) => line !== ""),
      ...(decision.effect === "allow"
        ? { rules: decision.rules, approval: obligationsOf(decision.obligations).approval }
        : {}),
    };
  }),
});
