// What the audit tests share: a key, a temp folder's audit file, and a log that writes to it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createAuditLog, type AuditLogOptions } from "../../src/audit/log.ts";
import type { AuditEvent } from "../../src/domain/ports.ts";

export const secretKey = Buffer.alloc(32, 7);

export const decision = (overrides: Partial<AuditEvent> = {}): AuditEvent => ({
  kind: "decision",
  callId: "call-1",
  principal: { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" },
  tool: "kubectl_get",
  transport: "http",
  planDigest: "d".repeat(64),
  policyRevision: "r1",
  stepIndex: 0,
  stageIndex: 0,
  effect: "allow",
  code: "ok",
  rules: ["kubernetes/read"],
  argvs: [["kubectl", "get", "pods"]],
  input: '{"command":{"binary":"kubectl"},"site":{}}',
  ...overrides,
});

/** A folder of its own that goes away with `using`. */
export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-audit-"));
  return {
    file: path.join(folder, "audit.jsonl"),
    folder,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A log with counted callbacks; the wall clock goes on by a second with every look. */
export function openLog(file: string, overrides: Partial<AuditLogOptions> = {}) {
  const counts = { records: 0, failures: 0 };
  let now = Date.UTC(2026, 0, 1);
  const log = createAuditLog({
    sink: { kind: "file", path: file, fsync: "intents" },
    secretKey,
    instance: "pod-a",
    clock: { now: () => (now += 1000), monotonic: () => performance.now() },
    redact: (text) => text.replaceAll(/hunter\d+/g, "[redacted]"),
    onRecord: () => (counts.records += 1),
    onFailure: () => (counts.failures += 1),
    ...overrides,
  });
  return { log, counts };
}

export const linesOf = (file: string): string[] => readFileSync(file, "utf8").split("\n").slice(0, -1);

export const parsed = (line: string | undefined): Record<string, unknown> => {
  const value: unknown = JSON.parse(line ?? "null");
  if (typeof value !== "object" || value === null) throw new Error("not a record");
  return { ...value };
};
