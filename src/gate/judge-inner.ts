// The judgement of a whole call, with the calls that stand in it: those of `run_batch`, that of `preflight`. For the desk, which
// observes nothing and is given facts; the gate does the same between looks (batch.ts, preflight.ts) by the same parts.
import { withObserved } from "../command/observe.ts";
import type { Observed, ParseSettings, Plan } from "../domain/command.ts";
import type { PolicyDecisionPoint } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { joinUnits, judgeUnit, type Unit, wholePlan } from "./batch-plan.ts";
import { readBatch, standIns } from "./batch-read.ts";
import { withHints } from "./hints.ts";
import { readInner } from "./inner-call.ts";
import { judgePlan, type Judged, type Judgement, readCall, type Refused, type Understood } from "./judge.ts";

/** One call inside a call. */
export interface InnerJudgement {
  /** From 1, as callers count. */
  readonly number: number;
  readonly asked: Pick<ToolCall, "tool" | "arguments">;
  readonly judgement: Judgement;
  /** It rests on what calls before it will have done, so it says nothing when it is asked alone. */
  readonly isForeseen: boolean;
}

export interface WholeJudgement {
  /** What the gate comes to. */
  readonly judgement: Judgement;
  /** Of the call itself, where others stand in it and were reached. */
  readonly own?: Judged;
  readonly calls: readonly InnerJudgement[];
}

type Assume = (plan: Plan) => Observed;

/** Rungs 1, 2 and 4 of the call and of all calls in it, with facts that `assume` gives instead of observation. */
export function judgeWhole(
  call: ToolCall,
  policy: PolicyDecisionPoint,
  settings: ParseSettings,
  assume: Assume,
): WholeJudgement {
  const hinted = (judgement: Judgement): Judgement => withHints(judgement, call, { policy, settings });
  const { judgement, calls, ...own } = judgeAll(call, policy, settings, assume);
  return {
    ...own,
    judgement: hinted(judgement),
    calls: calls.map((one) => ({ ...one, judgement: hinted(one.judgement) })),
  };
}

function judgeAll(
  call: ToolCall,
  policy: PolicyDecisionPoint,
  settings: ParseSettings,
  assume: Assume,
): WholeJudgement {
  const see = (read: Understood): Understood => ({ ...read, plan: withObserved(read.plan, assume(read.plan)) });
  const read = readCall(call, settings);
  if (read.kind === "refused") return { judgement: read, calls: [] };
  const own = judgePlan(see(read), policy);
  const { decision } = own;
  // A person who is asked about the call itself is asked before anything in it is read.
  if (decision.effect === "deny" || decision.obligations.approval !== undefined) return { judgement: own, calls: [] };
  const { batch, ahead, reason } = own.plan;
  if (ahead !== undefined) {
    const inner = readInner({ ...call, ...ahead }, settings);
    const judgement = inner.kind === "refused" ? inner : judgePlan(see(inner), policy);
    const calls = [{ number: 1, asked: ahead, judgement, isForeseen: false }];
    return { judgement: lookedAt(own, judgement), own, calls };
  }
  if (batch === undefined) return { judgement: own, calls: [] };

  const reading = readBatch(call, batch, settings);
  let next = reading.next();
  while (next.done !== true) next = reading.next(see(next.value));
  const { units, refused } = next.value;
  const judged = units.map((unit) => ({ unit, judgement: judgeUnit(unit, policy, undefined) }));
  const calls: InnerJudgement[] = judged.map(({ unit, judgement }) => ({ ...unit, judgement }));
  if (refused !== undefined)
    return { judgement: refused, own, calls: [...calls, ...refusedCall(units, batch, refused)] };
  const whole = wholePlan(units, standIns(units), { reason, stopOnError: batch.stopOnError });
  return { judgement: withRulesOf(own, joinUnits(judged, whole)), own, calls };
}

/** The first that was not read; nothing where all were, and do not go together. */
function refusedCall(
  units: readonly Unit[],
  { calls }: NonNullable<Plan["batch"]>,
  judgement: Refused,
): readonly InnerJudgement[] {
  const asked = calls[units.length];
  return asked === undefined ? [] : [{ number: units.length + 1, asked, judgement, isForeseen: false }];
}

/** A look ahead starts nothing of what it looks at: nobody is asked, and its bounds are its own. */
function lookedAt(own: Judged, inner: Judgement): Judgement {
  const joined = withRulesOf(own, inner);
  if (joined.kind === "refused" || joined.decision.effect === "deny" || own.decision.effect === "deny") return joined;
  return { ...joined, decision: { ...joined.decision, obligations: own.decision.obligations } };
}

/** Both must be allowed, so both say why. */
function withRulesOf({ decision: own }: Judged, inner: Judgement): Judgement {
  if (inner.kind === "refused" || inner.decision.effect === "deny" || own.effect === "deny") return inner;
  const rules = [...new Set([...own.rules, ...inner.decision.rules])].toSorted();
  return { ...inner, decision: { ...inner.decision, rules } };
}
