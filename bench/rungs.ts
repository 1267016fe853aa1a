// Our own rungs without a process: tools, command, policy, audit, outcome. Everything is real but execution, which answers
// at once: what starting a process costs is measured in calls.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createApprovals } from "../src/approval/approvals.ts";
import { deriveApprovalKey } from "../src/approval/key.ts";
import { createMemoryLedger } from "../src/approval/memory-ledger.ts";
import { createAuditLog } from "../src/audit/log.ts";
import { randomIds } from "../src/compose/clock.ts";
import { composePolicy } from "../src/compose/policy.ts";
import { loadConfig } from "../src/config/load.ts";
import type { Execution, Observer, PolicyDecisionPoint } from "../src/domain/ports.ts";
import type { ToolCall } from "../src/domain/tool-call.ts";
import { createReadCache } from "../src/execution/read-cache.ts";
import { createSlots } from "../src/execution/slots.ts";
import { createGate } from "../src/gate.ts";
import { judge } from "../src/gate/judge.ts";
import { preflight } from "../src/preflight/preflight.ts";
import { toCallToolResult } from "../src/mcp/result.ts";
import { median, quantile } from "./statistics.ts";

export interface RungReport {
  readonly calls: number;
  /** CPU of this process for one whole climb, audit records included, milliseconds. */
  readonly cpuMsPerCall: number;
  /** One policy evaluation, microseconds: one after the other, and between the disk writes of a climb, when caches are cold. */
  readonly policyMicroseconds: { readonly backToBack: Evaluations; readonly inClimbs: Evaluations };
}

export interface Evaluations {
  readonly p50: number;
  readonly p99: number;
  readonly evaluations: number;
}

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const quiet: Observer = {
  call: () => ({
    traceId: undefined,
    decided() {},
    executed() {},
    redacted() {},
    cache() {},
    approval() {},
    finished() {},
    faulted() {},
  }),
  policyFault() {},
  auditRecord() {},
  auditFailure() {},
  authFailure() {},
  brokerRefusal() {},
};
const atOnce: Execution = {
  availability: (binary) => ({ available: true, path: `/nowhere/${binary}`, version: "0" }),
  run: ({ step }) =>
    Promise.resolve({
      ended: "exited",
      stages: step.stages.map(({ argv }) => ({
        argv,
        exitCode: 0,
        startedAtMs: 0,
        durationMs: 0,
        truncated: false,
        answered: true,
      })),
      stdout: "",
      stderr: "",
      truncated: false,
      redactions: {},
      durationMs: 0,
    }),
};

/** What an agent asks in an incident; each time of another object, so that nothing is remembered from one call to the next. */
const mix: readonly ((name: string) => readonly [string, Record<string, unknown>])[] = [
  (name) => ["kubectl_get", { resource: "pods", output: "json", selector: `app=${name}` }],
  (name) => ["kubectl_describe", { resource: "deployment", name }],
  (name) => ["cli_tool", { command: `kubectl logs ${name} --tail=200 | grep -i error | head -n 20` }],
  (name) => ["kubectl_rollout_restart", { resource: "deployment", name, reason: "bench" }],
  (name) => ["cli_tool", { command: `kubectl get secrets ${name}` }],
];

export async function measureRungs(calls: number): Promise<RungReport> {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-bench-"));
  const { policy, settings } = composePolicy(loadConfig({}).policy, { clock });
  const audit = createAuditLog({
    sink: { kind: "file", fsync: "intents", path: path.join(folder, "audit.jsonl") },
    secretKey: Buffer.alloc(32, 1),
    instance: "bench",
    clock,
    redact: (text) => text,
    onRecord() {},
    onFailure() {},
  });
  const evaluations: number[] = [];
  const measured: PolicyDecisionPoint = {
    revision: policy.revision,
    visible: (principal) => policy.visible(principal),
    probe: (question) => policy.probe(question),
    decide: (question) => {
      const evaluation = policy.decide(question);
      evaluations.push(evaluation.durationMs * 1000);
      return evaluation;
    },
  };
  const gate = createGate({
    approvals: createApprovals({
      key: deriveApprovalKey(Buffer.alloc(32, 1)),
      ledger: createMemoryLedger(clock),
      process: "bench",
      clock,
      ids: randomIds,
      cluster: async () => ({ id: "", context: "" }),
      rolesOf: () => ["approver"],
    }),
    policy: measured,
    settings,
    audit,
    budgets: { spend: () => ({ ok: true, giveBack() {} }) },
    reads: createReadCache({ clock, place: () => "" }),
    slots: createSlots({ maxConcurrency: 4, maxQueue: 16 }, clock),
    execution: atOnce,
    preflight,
    answer: () => Promise.resolve(""),
    observer: quiet,
    clock,
  });
  const principal = { id: "bench", roles: ["operator"], authenticatedBy: "bearer" } as const;
  const signal = new AbortController().signal;
  const callAt = (at: number): ToolCall => {
    const [tool, given] = mix[at % mix.length]?.(`web-${at}`) ?? ["health_check", {}];
    return { callId: `bench-${at}`, tool, arguments: given, principal, transport: "http" };
  };
  /** Rungs 1 to 4 alone. */
  const judgeOnly = (times: number): readonly number[] => {
    for (let at = 0; at < times; at += 1) judge(callAt(at), measured, settings);
    return evaluations.splice(0);
  };
  const climb = async (at: number): Promise<void> => {
    toCallToolResult(await gate.call(callAt(at), signal));
  };
  try {
    for (let at = 0; at < 500; at += 1) await climb(at);
    evaluations.length = 0;
    const before = process.cpuUsage();
    for (let at = 0; at < calls; at += 1) await climb(at);
    const { user, system } = process.cpuUsage(before);
    return {
      calls,
      cpuMsPerCall: (user + system) / 1000 / calls,
      policyMicroseconds: { inClimbs: summary(evaluations.splice(0)), backToBack: summary(judgeOnly(calls)) },
    };
  } finally {
    await audit.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const summary = (samples: readonly number[]): Evaluations => ({
  p50: median(samples),
  p99: quantile(samples, 0.99),
  evaluations: samples.length,
});
