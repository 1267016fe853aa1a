// A look ahead: what the changes of an allowed plan would do. Asked for by the tool `preflight`, and by policy's obligation of
// that name before a person is asked or anything starts. Called by the gate; changes nothing.
import type { Plan } from "../domain/command.ts";
import type { PlanDecision } from "../domain/decision.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { PlannedChange, PreflightReport } from "../domain/preflight.ts";
import type { Dossier } from "./dossier.ts";
import { withHints } from "./hints.ts";
import { readInner } from "./inner-call.ts";
import { judgePlan } from "./judge.ts";
import { type Ahead, createLookout, type LookoutPorts } from "./lookout.ts";
import { observed } from "./observe.ts";
import { answeredOutcome, refusedOutcome } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { isChange } from "./reach.ts";
import { missingBinary, type Stop, stop } from "./stops.ts";

type Ports = LookoutPorts & Pick<GatePorts, "preflight">;
type Allowed = Extract<PlanDecision, { effect: "allow" }>;

/** How long all reads of one look ahead may take, milliseconds. */
const lookAheadMs = 20_000;

const nothingAhead: PreflightReport = { changes: [], lines: [] };

/** What would change, where policy demands to know; a stop when something says that it would fail. */
export async function foresee(ports: Ports, ahead: Ahead): Promise<PreflightReport | Stop> {
  const report = await lookAhead(ports, ahead);
  const problems = report.changes.flatMap((change) => change.problems);
  return problems.length === 0 ? report : { ...stop("preflight_failed"), reasons: problems };
}

/** The answer of `preflight`: the verdict on the inner call as the gate would give it, and what its changes would do. */
export async function answerPreflight(
  ports: Ports,
  { call, observer, signal, dossier }: Pick<Ahead, "call" | "observer" | "signal"> & { readonly dossier: Dossier },
  inner: NonNullable<Plan["ahead"]>,
): Promise<Outcome | Stop> {
  const asked = { ...call, ...inner };
  const read = await observed(ports, readInner(asked, ports.settings), signal, observer);
  const judgement = withHints(read.kind === "refused" ? read : judgePlan(read, ports.policy), call, ports);
  const isRecorded = await dossier.judged(judgement);
  if (judgement.kind === "refused" || judgement.decision.effect === "deny") {
    return refusedOutcome(judgement, dossier.facts());
  }
  if (!isRecorded) return stop("audit_unavailable");
  const { plan, decision } = judgement;
  const missing = missingBinary(ports.execution, plan);
  if (missing !== undefined) return missing;
  const report = await lookAhead(ports, { plan, asked, call, observer, signal });
  return answeredOutcome(plan, decision, toText(decision, report), dossier.facts());
}

export async function lookAhead(ports: Ports, ahead: Ahead): Promise<PreflightReport> {
  const changes = plannedChanges(ahead.plan);
  if (changes.length === 0) return nothingAhead;
  const signal = AbortSignal.any([ahead.signal, AbortSignal.timeout(lookAheadMs)]);
  return ports.preflight(changes, createLookout(ports, { ...ahead, signal }));
}

/** Nothing of a dry run changes anything. */
function plannedChanges({ steps, dryRun }: Plan): readonly PlannedChange[] {
  if (dryRun) return [];
  return steps.flatMap(({ stages, stdin }, stepIndex) =>
    stages.filter(isChange).map((command) => ({ stepIndex, command, ...(stdin === undefined ? {} : { stdin }) })),
  );
}

/** JSON, as health_check answers. */
function toText({ obligations: { approval } }: Allowed, { changes, lines }: PreflightReport): string {
  const told = {
    would: approval === undefined ? "run" : "ask for approval",
    ...(approval === undefined ? {} : { approver_roles: approval.roles }),
    changes: changes.map(({ stepIndex, subject, verdict, exists, keptBy, permitted, differences, problems }) => ({
      step: stepIndex,
      subject,
      verdict,
      exists,
      kept_by: keptBy,
      permitted,
      differences,
      problems,
    })),
    lines,
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}
