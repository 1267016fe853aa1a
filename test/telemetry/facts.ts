// What the telemetry tests share: a call, a command and their outcomes, as the gate hands them to the observer.
import { Writable } from "node:stream";
import type { Command } from "../../src/domain/command.ts";
import type { Evaluation } from "../../src/domain/decision.ts";
import type { Outcome, StageOutcome } from "../../src/domain/outcome.ts";
import type { Clock } from "../../src/domain/ports.ts";
import type { ToolCall } from "../../src/domain/tool-call.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";

export const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

export const call = (overrides: Partial<ToolCall> = {}): ToolCall => ({
  callId: "call-1",
  tool: "kubectl_get",
  arguments: { resource: "argument-secret" },
  principal: { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" },
  transport: "http",
  ...overrides,
});

export const command: Command = {
  binary: "kubectl",
  verb: ["rollout", "restart"],
  effect: "write",
  egress: true,
  sandbox: "kubectl",
  dryRun: false,
  namespaces: ["shop"],
  allNamespaces: false,
  resources: [],
  flags: {},
  operands: ["argv-secret"],
  selectors: {},
  paths: [],
  urls: [],
  programs: [],
  stdin: { from: "none", bytes: 0 },
  argv: ["kubectl", "rollout", "restart", "argv-secret"],
  answerExitCodes: [0],
};

export const allowed = (overrides: Partial<Evaluation> = {}): Evaluation => ({
  input: '{"input":"input-secret"}',
  decision: {
    effect: "allow",
    rules: ["kubernetes/restart"],
    obligations: { timeoutMs: 1000, maxOutputBytes: 1000, redact: [], sandbox: "text" },
  },
  startedAtMs: Date.now(),
  durationMs: 0.06,
  ...overrides,
});

export const ran = (overrides: Partial<StageOutcome> = {}): StageOutcome => ({
  argv: command.argv,
  exitCode: 0,
  startedAtMs: Date.now(),
  durationMs: 40,
  truncated: false,
  answered: true,
  ...overrides,
});

export const outcome = (overrides: Partial<Outcome> = {}): Outcome => ({
  callId: "call-1",
  outcome: "succeeded",
  code: "ok",
  steps: [],
  stdout: "output-secret",
  durationMs: 55,
  decision: { effect: "allow", rules: ["kubernetes/restart"], policyRevision: "r1" },
  ...overrides,
});

export const newMetrics = () =>
  createMetrics({
    version: "0.1.0",
    running: () => 2,
    waiting: () => 3,
    mode: () => "read_only",
    auditSequence: () => 7,
    policyRevision: () => "r1",
    sandbox: { abi: "none", mode: "off" },
    knownTools: new Set(["kubectl_get", "cli_tool"]),
  });

/** A logger whose lines are kept. */
export function keptLogger(level = "trace") {
  const lines: Record<string, unknown>[] = [];
  const to = new Writable({
    write: (chunk, _encoding, done) => {
      const value: unknown = JSON.parse(String(chunk));
      lines.push({ ...(typeof value === "object" ? value : {}) });
      done();
    },
  });
  const redact = (text: string): string => text.replaceAll(/hunter\d+/g, "[redacted]");
  return { logger: createLogger({ level, version: "0.1.0", redact }, to), lines };
}
