// Refusals at the door as audit records, so many and no more: whoever can send wrong keys must not be able to fill the disk.
import type { AuditLog, Clock } from "../domain/ports.ts";

/** Records per minute; what is above is counted and told by the next record. */
const recordsPerMinute = 30;
const minuteMs = 60_000;

/** Answers a function that never throws and that nobody has to wait for. */
export function createAuthFailureRecorder(audit: Pick<AuditLog, "append">, clock: Pick<Clock, "monotonic">) {
  let windowStart = Number.NEGATIVE_INFINITY;
  let written = 0;
  let suppressed = 0;
  return (reason: string, remoteAddress: string): void => {
    const now = clock.monotonic();
    if (now - windowStart >= minuteMs) {
      windowStart = now;
      written = 0;
    }
    if (written >= recordsPerMinute) {
      suppressed += 1;
      return;
    }
    written += 1;
    const before = suppressed === 0 ? {} : { suppressed_before: suppressed };
    suppressed = 0;
    const details = { reason, remote_address: remoteAddress, ...before };
    // The log counts its own failures; the refusal itself has been answered.
    audit.append({ kind: "auth_failure", details }).catch(() => {});
  };
}
