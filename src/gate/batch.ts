// Several calls as one. All are judged before the first runs, one person approves all of it, and each is observed and judged again
// when its turn comes: another plan than before, or a denial, ends the rest. Called by the gate for `run_batch`.
import type { Batch, Plan } from "../domain/command.ts";
import type { PlanDecision } from "../domain/decision.ts";
import type { Outcome } from "../domain/outcome.ts";
import { approverIn, demandApproval, withGrant } from "./approval.ts";
import { changesWorkTree, digestOfUnit, foreseenFacts, judgeUnits, type Unit, wholePlan } from "./batch-plan.ts";
import { inStep, readStep, standInFor } from "./batch-steps.ts";
import { type BatchCall, takeTurn, type Turns } from "./batch-turn.ts";
import { carryOut } from "./carry-out.ts";
import type { Dossier } from "./dossier.ts";
import { type Refused, refused } from "./judge.ts";
import { observed } from "./observe.ts";
import { batchOutcome, refusedOutcome, stoppedOutcome } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { foresee, lookAhead } from "./preflight.ts";
import { changesOf, leavesAMark } from "./reach.ts";
import { isStop, type Stop, stop } from "./stops.ts";

export async function runBatch(ports: GatePorts, own: BatchCall, batch: Batch): Promise<Outcome | Stop> {
  const { call, grant, reason, observer, dossier } = own;
  const units = await readUnits(ports, own, batch);
  if ("kind" in units) {
    await dossier.judged(units);
    return refusedOutcome(units, dossier.facts());
  }
  const whole = wholePlan(units, standIns(units), { reason, stopOnError: batch.stopOnError });
  const use = { requester: call.principal.id, tool: call.tool, digest: whole.digest };
  const presented = grant === undefined ? undefined : await ports.approvals.check(grant, use);
  const judged = judgeUnits(units, whole, ports.policy, approverIn(presented));
  const judgement = withGrant(judged, presented, observer);
  const isRecorded = await dossier.judged(judgement);
  if (judgement.kind === "refused" || judgement.decision.effect === "deny") {
    return refusedOutcome(judgement, dossier.facts());
  }
  if (!isRecorded) return stop("audit_unavailable");
  const { decision } = judgement;
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

const standIns = (units: readonly Pick<Unit, "number" | "asked">[]): ReadonlyMap<number, string> =>
  new Map(units.flatMap(({ number, asked }) => (asked.tool === "git_commit" ? [[number, standInFor(number)]] : [])));

/** Rungs 1 to 3 of every call, as if those before it had run. */
async function readUnits(ports: GatePorts, own: BatchCall, { calls }: Batch): Promise<readonly Unit[] | Refused> {
  const units: Unit[] = [];
  for (const [index, inner] of calls.entries()) {
    const number = index + 1;
    const commits = standIns(units);
    const read = readStep(own.call, inner, number, commits, ports.settings);
    if (read.kind === "refused") return read;
    const foreseen = foreseenFacts(number, read, units, commits);
    const seen = foreseen ?? (await observed(ports, read, own.signal, own.observer));
    if (seen.kind === "refused") return foreseen === undefined ? inStep(number, seen) : seen;
    const { asked, plan } = seen;
    const isAfterGit = units.some((unit) => changesWorkTree(unit.plan));
    const digest = digestOfUnit(plan, isAfterGit, commits);
    const from = units.reduce((sum, unit) => sum + unit.plan.steps.length, 0);
    units.push({ number, asked, plan, from, isAfterGit, isForeseen: foreseen !== undefined, digest });
  }
  return onlyTried(units) ?? units;
}

/** A change that is only tried would look, to whoever approves the others, as if it ran before them. */
function onlyTried(units: readonly Unit[]): Refused | undefined {
  const tried = units.find(({ plan }) => plan.dryRun);
  if (tried === undefined || !units.some(({ plan }) => leavesAMark(plan))) return undefined;
  const message = "A batch makes all of its changes, or tries all of them.";
  return inStep(tried.number, refused("invalid_arguments", { message, token: "dry_run", try: "a batch of its own" }));
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
