// Plans of several steps: one intent and one outcome for each, and nothing goes on after a step that failed.
import { describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import { mergeDecisions } from "../../src/domain/merge-decisions.ts";
import { openDossier } from "../../src/gate/dossier.ts";
import { endOutcome } from "../../src/gate/outcomes.ts";
import { runPlan } from "../../src/gate/run-plan.ts";
import { never, openAudit, openGate, openPlace, type Replace, toCall } from "./setup.ts";

interface Steps {
  readonly commands: readonly string[];
  readonly signal?: AbortSignal;
  readonly replace?: Replace;
}

/** Runs steps that no tool can build yet, over the rooms of a real gate. */
async function runSteps({ commands, signal = never(), replace = () => ({}) }: Steps) {
  const opened = openGate({ replace });
  const { ports } = opened;
  const steps = commands.map((commandLine) => ({ commandLine }));
  const read = understand({ action: "command", steps }, ports.settings);
  if (!read.ok) throw new Error(read.refusal.message);
  const call = toCall("cli_tool");
  const [stage] = read.plan.steps[0]?.stages ?? [];
  if (stage === undefined) throw new Error("no stage");
  const question = { call, dryRun: false, reason: null, stepIndex: 0, stepCount: 1, stageIndex: 0, stages: [stage] };
  const evaluation = ports.policy.decide({ ...question, kind: "command", command: stage });
  const decision = mergeDecisions(
    read.plan.steps.map(() => ({ stage: 0, argv: stage.argv, decision: evaluation.decision })),
  );
  if (decision.effect === "deny") throw new Error("denied");
  const observer = ports.observer.call(call, true);
  const dossier = openDossier(ports, call, observer);
  const recorded = Promise.resolve(true);
  const end = await runPlan(ports, {
    plan: read.plan,
    decision,
    recorded,
    signal,
    started: () => {},
    dossier,
    observer,
  });
  const outcome = endOutcome(read.plan, decision, end, dossier.facts());
  const records = opened.records().map(({ kind, step_index, code }) => [kind, step_index, code]);
  return { ...opened, outcome, records };
}

describe("a plan of several steps", () => {
  it("runs them in turn; the last one speaks", async () => {
    const { outcome, records, starts } = await runSteps({ commands: ["kubectl get pods", "kubectl version"] });
    expect(outcome).toMatchObject({
      code: "ok",
      stdout: expect.stringContaining("serverVersion"),
      steps: [{ stages: [{ exitCode: 0 }] }, { stages: [{ exitCode: 0 }] }],
    });
    expect(starts().map(({ argv }) => argv[0])).toEqual(["get", "version"]);
    expect(starts()[1]?.audit).toEqual(["intent", "outcome", "intent"]);
    expect(records).toEqual([
      ["intent", 0, undefined],
      ["outcome", 0, "ok"],
      ["intent", 1, undefined],
      ["outcome", 1, "ok"],
    ]);
  });

  it("ends with the step that failed, and lists the others without an exit code", async () => {
    const { outcome, starts, records } = await runSteps({ commands: ["kubectl get pods exit-3", "kubectl version"] });
    expect(outcome).toMatchObject({ code: "exited", stderr: "kubectl: it did not work\n" });
    expect(outcome.steps.map(({ stages }) => stages.map(({ exitCode }) => exitCode))).toEqual([[3], [undefined]]);
    expect(outcome.steps[1]?.stages[0]?.argv[1]).toBe("version");
    expect(starts()).toHaveLength(1);
    expect(records).toEqual([
      ["intent", 0, undefined],
      ["outcome", 0, "exited"],
    ]);
  });

  it("ends between two steps when it is cancelled, and says how far it came", async () => {
    const controller = new AbortController();
    const { outcome, starts, records } = await runSteps({
      commands: ["kubectl get pods", "kubectl version"],
      signal: controller.signal,
      replace: ({ execution }) => ({
        execution: {
          ...execution,
          run: async (request) => {
            const step = await execution.run(request);
            controller.abort();
            return step;
          },
        },
      }),
    });
    expect(outcome).toMatchObject({ code: "cancelled", stdout: expect.stringContaining("fine") });
    expect(outcome.steps.map(({ stages }) => stages.map(({ exitCode }) => exitCode))).toEqual([[0], [undefined]]);
    expect(starts()).toHaveLength(1);
    expect(records.slice(2)).toEqual([
      ["intent", 1, undefined],
      ["outcome", 1, "cancelled"],
    ]);
  });

  it("ends before the step whose intent cannot be written", async () => {
    const broken = openAudit(`${openPlace().folder}/missing/audit.jsonl`);
    const { outcome, starts } = await runSteps({
      commands: ["kubectl get pods", "kubectl version"],
      replace: ({ audit }) => ({
        audit: {
          ...audit,
          append: (event) => (event.kind === "intent" && event.stepIndex === 1 ? broken : audit).append(event),
        },
      }),
    });
    expect(outcome).toMatchObject({ code: "audit_unavailable", outcome: "unavailable" });
    expect(outcome.steps.map(({ stages }) => stages.map(({ exitCode }) => exitCode))).toEqual([[0], [undefined]]);
    expect(starts()).toHaveLength(1);
  });
});
