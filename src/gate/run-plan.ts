// Rungs 8 to 10: intent, process, outcome, for each step in turn. Runs inside a slot; called by the gate only.
import { ceilings, strictest } from "../domain/bounds.ts";
import type { FileStep, Plan } from "../domain/command.ts";
import type { PlanDecision } from "../domain/decision.ts";
import type { StepOutcome } from "../domain/outcome.ts";
import type { CallObserver, HeldWorkTree } from "../domain/ports.ts";
import { partOfStep } from "../domain/sandbox.ts";
import type { OutcomeCode } from "../errors.ts";
import type { Dossier } from "./dossier.ts";
import { codeOfStep } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { type Stop, stop } from "./stops.ts";

export interface Run {
  readonly plan: Plan;
  readonly decision: Extract<PlanDecision, { effect: "allow" }>;
  /** Whether the decision records are durable. */
  readonly recorded: Promise<boolean>;
  readonly signal: AbortSignal;
  /** Ends what has started, instead of `signal`, when others wait for it too. */
  readonly shared?: AbortSignal;
  /** Hears that something is about to begin. */
  readonly started: () => void;
  /** The work tree, while the plan has it. */
  readonly held?: HeldWorkTree;
  readonly dossier: Dossier;
  readonly observer: CallObserver;
}

/** How far a plan came. */
export interface RunEnd {
  /** What ran. */
  readonly steps: readonly StepOutcome[];
  readonly code: OutcomeCode;
  /** Why the next step did not start. */
  readonly stop?: Stop;
  /** Object id of what was committed. */
  readonly commit?: string;
}

/** Every step that has an intent gets its one outcome record here; the gate adds none. */
export async function runPlan(ports: Pick<GatePorts, "execution">, run: Run): Promise<RunEnd> {
  const { plan, dossier } = run;
  const steps: StepOutcome[] = [];
  for (const stepIndex of plan.steps.keys()) {
    const intended = dossier.intent(plan, stepIndex);
    // Both appends were begun together so that one fsync serves them.
    const durable = (await run.recorded) && (await intended);
    const hindrance = durable ? (run.signal.aborted ? stop("cancelled") : undefined) : stop("audit_unavailable");
    if (hindrance !== undefined) {
      // An intent that is late may reach the disk all the same: the outcome says that nothing came of it.
      if (await run.recorded) await dossier.outcome(plan, stepIndex, hindrance.code);
      return { steps, code: hindrance.code, stop: hindrance };
    }
    run.started();
    const step = await runStep(ports, run, stepIndex);
    steps.push(step);
    if (codeOfStep(step) !== "ok") break;
  }
  const last = steps.at(-1);
  const code = last === undefined ? "ok" : codeOfStep(last);
  const commit = code === "ok" ? await run.held?.committed() : undefined;
  return { steps, code, ...(commit === undefined ? {} : { commit }) };
}

async function runStep(ports: Pick<GatePorts, "execution">, run: Run, stepIndex: number): Promise<StepOutcome> {
  const { plan, decision, dossier, observer, held } = run;
  const step = plan.steps[stepIndex];
  if (step === undefined) throw new RangeError(`no step ${stepIndex}`);
  const bounds = strictest(decision.obligations, timeLimitOf(plan), whatIsLeft(dossier));
  const obligations = { ...decision.obligations, ...bounds };
  const workTree = held === undefined ? {} : { workTree: held.folder };
  const { callId } = dossier.facts();
  const sandboxes = partOfStep(plan.steps, decision.sandboxes, stepIndex);
  const request = {
    callId,
    step,
    sandboxes,
    ...workTree,
    obligations,
    timeoutMs: bounds.timeoutMs,
    signal: run.shared ?? run.signal,
  };
  let outcome: StepOutcome | undefined;
  try {
    outcome =
      step.fileChanges === undefined ? await ports.execution.run(request) : await changeFiles(step, held, dossier);
  } finally {
    await dossier.outcome(plan, stepIndex, outcome === undefined ? "fault" : codeOfStep(outcome), outcome);
  }
  observe(observer, step.stages, outcome);
  return outcome;
}

/** Whoever called waits no longer than one step may take: what looking ahead and queueing took is taken off. */
const whatIsLeft = (dossier: Dossier) => ({
  timeoutMs: Math.max(leastMs, ceilings.timeoutMs - dossier.facts().durationMs),
});

/** A step that starts has a chance to end. */
export const leastMs = 1000;

/** What the tool or the caller asks for: it can only be less. */
const timeLimitOf = ({ timeoutMs }: Plan) => (timeoutMs === undefined ? {} : { timeoutMs });

/** A step of files has no process: what became of it is told in the same shape. */
async function changeFiles(step: FileStep, held: HeldWorkTree | undefined, dossier: Dossier): Promise<StepOutcome> {
  if (held === undefined) throw new Error("files are changed in a work tree only");
  const { durationMs } = dossier.facts();
  const { problem } = await held.change(step);
  return {
    ended: "exited",
    stages: [],
    ...(problem === undefined ? {} : { problem }),
    stdout: "",
    stderr: problem === undefined ? "" : `files: ${problem}\n`,
    truncated: false,
    redactions: {},
    durationMs: dossier.facts().durationMs - durationMs,
  };
}

function observe(observer: CallObserver, commands: Plan["steps"][number]["stages"], step: StepOutcome): void {
  for (const [index, outcome] of step.stages.entries()) {
    const command = commands[index];
    const isLast = index === step.stages.length - 1;
    if (command !== undefined) observer.executed({ command, outcome, ended: isLast ? step.ended : "exited" });
  }
  observer.redacted(step.redactions);
}
