// Brings the audit back when nobody calls: a server that is not ready gets no calls, so none of them would ever show that
// the disk is writable again. Asked by the probes, through health; made by compose.ts.
import type { AuditLog, Clock } from "../domain/ports.ts";

/** Pause between two tries, milliseconds: each one that fails is counted and logged. */
const pauseMs = 5000;

/** Answers whether the audit can be written; when it cannot, tries again in the background by a `reload` record. */
export function createAuditRecovery(
  audit: Pick<AuditLog, "append" | "writable">,
  clock: Pick<Clock, "monotonic">,
): () => boolean {
  let triedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (!audit.writable && clock.monotonic() - triedAt >= pauseMs) {
      triedAt = clock.monotonic();
      // The log counts its own failures; the next probe sees what became of it.
      audit.append({ kind: "reload", details: { what: "audit" } }).catch(() => {});
    }
    return audit.writable;
  };
}
