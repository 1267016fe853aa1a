// Approvals as the server has them, over the ledger in memory or one that the test gives, with a clock that the test may hold.
import { randomBytes } from "node:crypto";
import { type ApprovalsOptions, createApprovals } from "../../src/approval/approvals.ts";
import { deriveApprovalKey } from "../../src/approval/key.ts";
import { createMemoryLedger } from "../../src/approval/memory-ledger.ts";
import { randomIds } from "../../src/compose/clock.ts";

/** In no cluster; whoever asks, an approver is one still. With a ledger of its own the tokens are bound to no process. */
export function openApprovals(replaced: Partial<ApprovalsOptions> = {}) {
  const clock = replaced.clock ?? { now: () => Date.now() };
  return createApprovals({
    key: deriveApprovalKey(randomBytes(32)),
    ...(replaced.ledger === undefined ? { process: "process-1" } : {}),
    ledger: createMemoryLedger(clock),
    clock,
    ids: randomIds,
    cluster: async () => ({ id: "", context: "" }),
    rolesOf: () => ["approver", "admin"],
    ...replaced,
  });
}
