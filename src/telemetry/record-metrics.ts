// What the audit wrote, and what the doors and the broker refused. Part of metrics.ts.
import { Counter, type Registry } from "prom-client";
import { type AuditKind, auditKinds } from "../domain/audit.ts";
import type { BrokerTarget, Observer } from "../domain/ports.ts";

type AuthFailure = Parameters<Observer["authFailure"]>[0];

const brokerTargets: readonly BrokerTarget[] = ["kubernetes", "git", "gh", "curl", "unknown"];
const authFailures: readonly AuthFailure[] = ["missing", "wrong", "host", "origin", "session"];

export function createRecordMetrics(registry: Registry) {
  const registers = [registry];
  const records = new Counter({
    name: "aisre_audit_records_total",
    help: "Audit records that were written, by kind.",
    labelNames: ["kind"],
    registers,
  });
  const failures = new Counter({
    name: "aisre_audit_failures_total",
    help: "Audit records that could not be written; what they were to permit did not start.",
    registers,
  });
  const refused = new Counter({
    name: "aisre_auth_failures_total",
    help: "Requests refused at the door, by reason.",
    labelNames: ["reason"],
    registers,
  });
  const brokered = new Counter({
    name: "aisre_broker_refusals_total",
    help: "Requests of commands that the broker refused: not what was judged, or from nobody it knows.",
    labelNames: ["target"],
    registers,
  });
  // Series that exist from the start make the first failure visible to rate().
  for (const kind of auditKinds) records.inc({ kind }, 0);
  for (const reason of authFailures) refused.inc({ reason }, 0);
  for (const target of brokerTargets) brokered.inc({ target }, 0);
  return {
    brokerRefusal: (target: BrokerTarget): void => brokered.inc({ target }),
    auditRecord: (kind: AuditKind): void => records.inc({ kind }),
    auditFailure: (): void => failures.inc(),
    authFailure: (reason: AuthFailure): void => refused.inc({ reason }),
  };
}
