// What a grammar says of every run of a verb reaches whoever called: behind what the programs wrote to standard error.
import { expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import type { StepOutcome } from "../../src/domain/outcome.ts";
import { endOutcome } from "../../src/gate/outcomes.ts";

const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
const decision = {
  effect: "allow",
  rules: ["helm/rollback"],
  obligations: { timeoutMs: 1, maxOutputBytes: 1, redact: [] },
  sandboxes: ["helm"],
} as const;

function stderrOf(lines: readonly string[], ran: number): string | undefined {
  const steps = lines.map((commandLine) => ({ commandLine }));
  const read = understand({ action: "command", steps }, settings);
  if (!read.ok) throw new Error(read.refusal.message);
  const step: StepOutcome = {
    ended: "exited",
    stages: [],
    stdout: "",
    stderr: "helm: hooks ran\n",
    truncated: false,
    redactions: {},
    durationMs: 1,
  };
  const circumstances = { callId: "c", policyRevision: "r", durationMs: 1 };
  const end = { steps: Array.from({ length: ran }, () => step) };
  return endOutcome(read.plan, decision, end, circumstances).stderr;
}

it("a rollback says that nobody waited, whatever the caller asked for", () => {
  const said =
    "helm: hooks ran\nai-sre: helm does not wait for the rolled back objects: look with `helm status` and `kubectl rollout status`\n";
  expect(stderrOf(["helm rollback web 2"], 1)).toBe(said);
  expect(stderrOf(["helm rollback web 2 --wait --timeout 5m"], 1)).toBe(said);
});

it("a dry run, a read and a step that never ran say nothing", () => {
  expect(stderrOf(["helm rollback web 2 --dry-run"], 1)).toBe("helm: hooks ran\n");
  expect(stderrOf(["helm list"], 1)).toBe("helm: hooks ran\n");
  expect(stderrOf(["helm list", "helm rollback web 2"], 1)).toBe("helm: hooks ran\n");
});
