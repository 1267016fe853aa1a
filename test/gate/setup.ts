// The whole ladder over real rooms: committed policy, audit file, slots, execution. Only the observer and the wall clock are
// stand-ins, and kubectl is a fixture program that leaves a note when it starts.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { createAuditLog } from "../../src/audit/log.ts";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { createAnswers } from "../../src/compose/answers.ts";
import { createClusterProbe } from "../../src/compose/cluster-probe.ts";
import { createHealth } from "../../src/compose/health.ts";
import { composePolicy } from "../../src/compose/policy.ts";
import type { StepOutcome } from "../../src/domain/outcome.ts";
import type { Availability, Clock, Gate } from "../../src/domain/ports.ts";
import type { Role } from "../../src/domain/principal.ts";
import type { ToolCall } from "../../src/domain/tool-call.ts";
import { findBinaries } from "../../src/execution/binaries.ts";
import { createEnvironments } from "../../src/execution/environment.ts";
import { createExecution } from "../../src/execution/execute.ts";
import { createBudgets } from "../../src/execution/budgets.ts";
import { createReadCache } from "../../src/execution/read-cache.ts";
import { createSlots, type SlotLimits } from "../../src/execution/slots.ts";
import type { GatePorts } from "../../src/gate/ports.ts";
import { createGate } from "../../src/gate.ts";
import { type SiteLayer, toBudgetLimits } from "../../src/policy/site-data.ts";
import { preflight } from "../../src/preflight/preflight.ts";
import { redact } from "../../src/redaction/redact.ts";
import { openApprovals } from "../helpers/approvals.ts";
import { type Heard, listener } from "./listener.ts";

const kubectlProgram = new URL("./fixtures/kubectl.mjs", import.meta.url).href;
const verbs = ["get", "describe", "logs", "events", "top", "rollout", "scale", "delete", "apply", "version", "auth"];

export const policyFolder = path.resolve(import.meta.dirname, "../../policies/build");
export const secretKey = Buffer.alloc(32, 7);
export const clock: Clock = { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => performance.now() };

const recordSchema = z.looseObject({
  kind: z.string(),
  call_id: z.string().optional(),
  code: z.string().optional(),
  effect: z.string().optional(),
});
const startSchema = z.object({ argv: z.array(z.string()), audit: z.array(z.string()) });

export interface Place {
  readonly folder: string;
  readonly auditFile: string;
  /** Audit records, in order. */
  readonly records: () => readonly z.infer<typeof recordSchema>[];
  /** What the fixture program noted at each of its starts. */
  readonly starts: () => readonly z.infer<typeof startSchema>[];
}

/** A temp folder with a place for everything; gone when the test ends. */
export function openPlace(): Place {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-gate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["work", "home", "cache"]) mkdirSync(path.join(folder, name));
  // `node get pods web` runs the file get.js of its working folder.
  for (const verb of verbs) writeFileSync(path.join(folder, "work", `${verb}.js`), `import("${kubectlProgram}");\n`);
  const auditFile = path.join(folder, "audit.jsonl");
  return {
    folder,
    auditFile,
    records: () => linesOf(auditFile).map((line) => recordSchema.parse(JSON.parse(line))),
    starts: () => linesOf(path.join(folder, "started.jsonl")).map((line) => startSchema.parse(JSON.parse(line))),
  };
}

export const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];

const redactText = (text: string): string => redact(text, ["credentials", "kubernetes"]).text;

/** A real log; closed when the test ends. */
export function openAudit(file: string) {
  const audit = createAuditLog({
    sink: { kind: "file", path: file, fsync: "intents" },
    secretKey,
    instance: "test",
    clock,
    redact: redactText,
    onRecord: () => {},
    onFailure: () => {},
  });
  onTestFinished(() => audit.close());
  return audit;
}

const textTools = ["grep", "sort"] as const;
const textSpecs = [...grammars.values()].map(({ spec }) => spec).filter(({ name }) => /^(?:grep|sort)$/.test(name));
const searched = { environments: createEnvironments({ homeDir: "/nonexistent", cacheDir: "/nonexistent" }), cwd: "/" };
const foundTools = await findBinaries(textSpecs, ["/usr/local/bin", "/usr/bin", "/bin"], searched);

/** Whether this machine has the text tools that the grammar means. */
export const hasTextTools = textTools.every((name) => foundTools.get(name)?.available === true);

export type Replace = (real: GatePorts) => Partial<GatePorts>;

export interface GateOptions {
  readonly site?: SiteLayer;
  readonly slots?: SlotLimits;
  readonly place?: Place;
  /** Ports to use instead of the real ones, or around them. */
  readonly replace?: Replace;
}

export interface OpenGate extends Place {
  readonly gate: Gate;
  readonly ports: GatePorts;
  readonly heard: Heard;
}

/** A site with monitoring, and without curl: its tools get as far as the missing binary. */
const endpoints = { prometheus: "http://prometheus.test:9090", alertmanager: "http://alertmanager.test:9093/am" };
const hosts = Object.values(endpoints).map((url) => ({ url, methods: ["GET"] }));

export function openGate({ site = {}, slots, place = openPlace(), replace }: GateOptions = {}): OpenGate {
  const { policy, settings } = composePolicy(
    { folder: policyFolder, dataFile: JSON.stringify(site), environmentLayer: { hosts }, endpoints },
    { clock },
  );
  const node: Availability = { available: true, path: process.execPath, version: "1.35.2" };
  const binaries = new Map([...foundTools, ["kubectl", node] as const]);
  const folders = { homeDir: path.join(place.folder, "home"), cacheDir: path.join(place.folder, "cache") };
  const cwd = path.join(place.folder, "work");
  const execution = createExecution({ binaries, environments: createEnvironments(folders), cwd, clock, places: {} });
  onTestFinished(() => execution.close());
  const audit = openAudit(place.auditFile);
  const room = createSlots(slots ?? { maxConcurrency: 4, maxQueue: 4 }, clock);
  const reads = createReadCache({ clock, place: () => "" });
  const budgets = createBudgets(() => toBudgetLimits(policy.siteData), clock);
  const health = createHealth({
    version: "0.0.0",
    sandbox: { abi: "none", mode: "off" },
    policyRevision: () => policy.revision,
    mode: () => policy.siteData.mode,
    binaries,
    cluster: createClusterProbe(execution, clock),
    auditWritable: () => audit.writable,
    auditHead: () => audit.head,
    load: () => ({ running: room.running, waiting: room.waiting }),
    limits: () => ({ rate_limit: policy.siteData.rate_limit }),
  });
  const { observer, heard } = listener();
  const answer = createAnswers(health);
  const approvals = openApprovals({ clock });
  const rooms = { approvals, policy, settings, audit, budgets, reads, slots: room, execution };
  const real: GatePorts = { ...rooms, preflight, answer, observer, clock };
  const ports = { ...real, ...replace?.(real) };
  return { ...place, gate: createGate(ports), ports, heard };
}

export interface Asked {
  readonly id?: string;
  readonly roles?: readonly Role[];
  readonly callId?: string;
}

export function toCall(
  tool: string,
  raw: unknown = {},
  { id = "n8n", roles = ["operator"], callId = "call-1" }: Asked = {},
): ToolCall {
  const principal = { id, roles, authenticatedBy: "bearer" } as const;
  return { callId, tool, arguments: raw, principal, transport: "http" };
}

/** One stage that ended well. */
export const endedStage = { argv: [], exitCode: 0, answered: true, startedAtMs: 0, durationMs: 0, truncated: false };

/** A step that printed this. */
export const printed = (stdout: string, facts: Partial<StepOutcome> = {}): StepOutcome => ({
  ended: "exited",
  stages: [endedStage],
  stdout,
  stderr: "",
  truncated: false,
  redactions: {},
  durationMs: 0,
  ...facts,
});

export const never = (): AbortSignal => new AbortController().signal;
