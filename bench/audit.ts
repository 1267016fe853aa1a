// What one audit record costs, with and without fsync, and what verify reads in a second. Interleaved, so that a neighbour on
// the disk slows all alike; the ratios of one run are what counts.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { deriveAuditKey } from "../src/audit/chain.ts";
import { createAuditLog } from "../src/audit/log.ts";
import { readLines } from "../src/audit/read-lines.ts";
import { createVerifier } from "../src/audit/verify.ts";
import { fsyncPolicies } from "../src/domain/audit.ts";
import type { AuditEvent } from "../src/domain/ports.ts";
import { quantile, round } from "./statistics.ts";

const records = 1000;
const secretKey = Buffer.alloc(32, 1);
/** Not in TMPDIR: that is often memory, and an fsync there costs nothing. */
const folder = mkdtempSync(path.join(process.cwd(), ".bench-audit-"));

const principal = { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" } as const;
const argvs = [["kubectl", "logs", "--namespace=default", "--tail=200", "web-1"]];
const input = JSON.stringify({ command: { binary: "kubectl", argv: argvs[0] }, pad: "x".repeat(1500) });
const base = { callId: "0".repeat(26), principal, tool: "kubectl_logs", transport: "http", argvs } as const;
const decision: AuditEvent = { ...base, kind: "decision", effect: "allow", code: "ok", rules: ["kubectl/read"], input };
const intent: AuditEvent = { ...base, kind: "intent", stepIndex: 0 };
const outcome: AuditEvent = { ...base, kind: "outcome", stepIndex: 0, code: "ok", details: { duration_ms: 40 } };

const logs = fsyncPolicies.map((fsync) => ({
  fsync,
  file: path.join(folder, `${fsync}.jsonl`),
  log: createAuditLog({
    sink: { kind: "file", path: path.join(folder, `${fsync}.jsonl`), fsync },
    secretKey,
    instance: "bench",
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    redact: (text) => text,
    onRecord() {},
    onFailure() {},
  }),
}));

const samples = new Map<string, number[]>();
async function time(name: string, work: () => Promise<unknown>): Promise<void> {
  const before = performance.now();
  await work();
  const list = samples.get(name) ?? [];
  list.push(performance.now() - before);
  samples.set(name, list);
}

try {
  for (let turn = -50; turn < records; turn += 1) {
    for (const { fsync, log } of logs) {
      const measured = (what: string, work: () => Promise<unknown>) =>
        turn < 0 ? work() : time(`${fsync} ${what}`, work);
      await measured("a refusal: decision", () => log.append(decision));
      await measured("before a start: decision and intent", () =>
        Promise.all([log.append(decision), log.append(intent)]),
      );
      await measured("after the end: outcome", () => log.append(outcome));
    }
  }
  for (const { log } of logs) await log.close();

  console.log(`audit append, ms, ${records} of each, interleaved`);
  console.log(`  ${"".padEnd(48)}    p50     p99   p50 to never`);
  for (const [name, list] of samples) {
    const never = quantile(samples.get(name.replace(/^\w+/, "never")) ?? [], 0.5);
    const [p50, p99] = [quantile(list, 0.5), quantile(list, 0.99)];
    const figures = [round(p50, 3), round(p99, 3), round(p50 / never, 1)]
      .map((one) => String(one).padStart(7))
      .join(" ");
    console.log(`  ${name.padEnd(48)}${figures}`);
  }

  const file = logs[0]?.file ?? "";
  const cpu = process.cpuUsage();
  const verifier = createVerifier({ keys: [deriveAuditKey(secretKey)] });
  for await (const line of readLines([file])) verifier.take(line);
  const { user, system } = process.cpuUsage(cpu);
  const verdict = verifier.verdict();
  if (!verdict.ok) throw new Error(`what was measured does not verify: ${verdict.problem} at line ${verdict.line}`);
  const seconds = (user + system) / 1_000_000;
  const [lines, megabytes] = [verdict.records / seconds, statSync(file).size / 1_000_000 / seconds];
  console.log(`verify: ${round(lines, 0)} records, ${round(megabytes, 0)} MB a second of CPU`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
