// What the audit is made of, as far as other rooms have to know.

/** The kinds of audit records. */
export const auditKinds = [
  "start",
  "stop",
  "decision",
  "intent",
  "outcome",
  "approval",
  "reload",
  "auth_failure",
] as const;

export type AuditKind = (typeof auditKinds)[number];

/** Which records must be on the disk before something may happen (docs/audit.md). */
export const fsyncPolicies = ["always", "intents", "never"] as const;

export type FsyncPolicy = (typeof fsyncPolicies)[number];
