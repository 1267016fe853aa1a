// Everything the gate needs from outside, joined in compose.ts. `policy` and `settings` are those in force: reading them again
// may give others, so a call works on a copy.
import type { Approvals } from "../domain/approval.ts";
import type { ParseSettings, Plan } from "../domain/command.ts";
import type { Budgets } from "../domain/budgets.ts";
import type { AuditLog, Clock, Execution, Observer, PolicyDecisionPoint, Slots, WorkTree } from "../domain/ports.ts";
import type { Preflight } from "../domain/preflight.ts";
import type { ReadCache } from "../domain/read-cache.ts";

export interface GatePorts {
  readonly policy: PolicyDecisionPoint;
  readonly settings: ParseSettings;
  /** Whether another policy has come into force since the call began; absent: never. */
  readonly isReplaced?: () => boolean;
  readonly approvals: Approvals;
  readonly audit: AuditLog;
  readonly budgets: Budgets;
  readonly slots: Slots;
  readonly reads: ReadCache;
  readonly execution: Execution;
  /** Absent without a repository. */
  readonly workTree?: WorkTree;
  readonly preflight: Preflight;
  /** The text of an answer that starts no process: the health report, or what a dry run would have run. */
  readonly answer: (plan: Plan) => Promise<string>;
  readonly observer: Observer;
  readonly clock: Clock;
}
