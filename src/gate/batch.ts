// Several calls as one. All are judged before the first runs, one person approves all of it, and each is observed and judged again
// when its turn comes: another plan than before, or a denial, ends the rest. Called by the gate for `run_batch`.
import type { Batch, Plan } from "../domain/command.ts";
import type { PlanDecision } from "../domain/decision.ts";
import type { Outcome } from "../domain/outcome.ts";
import { approverIn, demandApproval, withGrant } from "./approval.ts";
import { changesWorkTree, joinUnits, judgeUnit, type Unit, wholePlan } from "./batch-plan.ts";
import { type ReadBatch, readBatch, standIns } from "./batch-read.ts";
import { type BatchCall, takeTurn, type Turns } from "./batch-turn.ts";
import { carryOut } from "./carry-out.ts";
import type { Dossier } from "./dossier.ts";
import { withHints } from "./hints.ts";
import { observed } from "./observe.ts";
import { batchOutcome, refusedOutcome, stoppedOutcome } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { foresee, lookAhead } from "./preflight.ts";
import { changesOf } from "./reach.ts";
import { isStop, missingBinary, type Stop, stop } from "./stops.ts";

export async function runBatch(ports: GatePorts, own: BatchCall, batch: Batch): Promise<Outcome | Stop> {
  const { call, grant, reason, observer, dossier } = own;
  const { units, refused } = await read(ports, own, batch);
  if (refused !== undefined) {
    const hinted = withHints(refused, call, ports);
    await dossier.judged(hinted);
    return refusedOutcome(hinted, dossier.facts());
  }
  const whole = wholePlan(units, standIns(units), { reason, stopOnError: batch.stopOnError });
  const use = { requester: call.principal.id, tool: call.tool, digest: whole.digest };
  const presented = grant === undefined ? undefined : await ports.approvals.check(grant, use);
  const approver = approverIn(presented);
  const judged = units.map((unit) => ({ unit, judgement: judgeUnit(unit, ports.policy, approver) }));
  const judgement = withHints(withGrant(joinUnits(judged, whole), presented, observer), call, ports);
  const isRecorded = await dossier.judged(judgement);
  if (judgement.kind === "refused" || judgement.decision.effect === "deny") {
    return refusedOutcome(judgement, dossier.facts());
  }
  if (!isRecorded) return stop("audit_unavailable");
  const { decision } = judgement;
  const missing = units.map((unit) => missingBinary(ports.execution, unit.plan)).find((one) => one !== undefined);
  if (missing !== undefined) return missing;
  const isAhead = decision.obligations.preflight === true && presented?.ok !== false;
  const changes = isAhead ? await foreseeAll(ports, own, units) : [];
  if ("kind" in changes) return changes;

  const due = {
    plan: whole,
    principal: call.principal,
    tool: call.tool,
    decision,
    changes: batch.stopOnError ? changes : ["what comes behind a step that fails runs all the same", ...changes],
    presented,
    dossier,
    observer,
  };
  const unapproved = demandApproval(ports, due);
  if (unapproved !== undefined) return unapproved;
  const ended = await inTurn(ports, { ...own, presented, digest: whole.digest }, units, batch);
  return batchOutcome(whole, decision, ended, dossier.facts());
}

/** Rungs 1 to 3 of every call. */
async function read(ports: GatePorts, own: BatchCall, batch: Batch): Promise<ReadBatch> {
  const reading = readBatch(own.call, batch, ports.settings);
  let next = reading.next();
  while (next.done !== true) next = reading.next(await observed(ports, next.value, own.signal, own.observer));
  return next.value;
}

/** What the changes would do as things are now. What later ones meet hangs on those before: their problems are told, and end nothing. */
async function foreseeAll(ports: GatePorts, own: BatchCall, units: readonly Unit[]): Promise<readonly string[] | Stop> {
  const lines: string[] = [];
  let isFirst = true;
  for (const { number, asked, plan, isForeseen } of units) {
    const ahead = { ...own, plan, asked };
    const report = isForeseen ? undefined : isFirst ? await foresee(ports, ahead) : await lookAhead(ports, ahead);
    if (report !== undefined && "kind" in report) return report;
    const when = isFirst ? "" : ", as things are now";
    const said = report?.lines ?? ["what it meets is looked at when its turn comes"];
    lines.push(...said.map((line) => `step ${number}${when}: ${line}`));
    isFirst &&= changesOf(plan).length === 0 && !changesWorkTree(plan);
  }
  return lines;
}

interface Ended {
  readonly tool: string;
  readonly outcome: Outcome;
}

async function inTurn(ports: GatePorts, turns: Turns, units: readonly Unit[], batch: Batch): Promise<readonly Ended[]> {
  const ended: Ended[] = [];
  const commits = new Map<number, string>();
  /** A grant is spent by the first call that starts something, for all of them. */
  let grant = turns.presented?.ok === true ? { grant: turns.presented.value } : {};
  const approver = approverIn(turns.presented);
  const approvedBy = approver === undefined ? {} : { approvedBy: approver };
  for (const [index, unit] of units.entries()) {
    const inner = batch.calls[index];
    if (inner === undefined) throw new RangeError(`no call ${index}`);
    const dossier = turns.dossier.within({ from: unit.from, digest: turns.digest });
    const turn = await takeTurn(ports, { ...turns, dossier }, unit, inner, commits);
    const end = turn.work === undefined ? turn.end : await carryOut(ports, { ...turn.work, ...grant, ...approvedBy });
    if (turn.work !== undefined) grant = {};
    const outcome = isStop(end) ? await stopped(end, unit.plan, turn.decision, dossier) : end;
    ended.push({ tool: unit.asked.tool, outcome });
    if (outcome.commit !== undefined) commits.set(unit.number, outcome.commit);
    if (outcome.outcome === "succeeded") continue;
    // What did not start is not made up for by what comes behind it.
    if (batch.stopOnError || turn.work === undefined || isStop(end)) break;
  }
  return ended;
}

async function stopped(end: Stop, plan: Plan, decision: PlanDecision, dossier: Dossier): Promise<Outcome> {
  const written = await dossier.stopped(plan, end);
  return stoppedOutcome(written ? end : stop("audit_unavailable"), plan, decision, dossier.facts());
}
