// Approvals from the configuration: the key, the ledger, which cluster this is, and who holds which role now.
import { createApprovals } from "../approval/approvals.ts";
import { deriveApprovalKey } from "../approval/key.ts";
import { createKubernetesLedger } from "../approval/kubernetes-ledger.ts";
import { createMemoryLedger } from "../approval/memory-ledger.ts";
import { agentFor } from "../broker/agents.ts";
import { createClusterApi } from "../cluster/api.ts";
import { createLeases } from "../cluster/leases.ts";
import type { Config } from "../config/config.ts";
import type { ApprovalLedger, Approvals } from "../domain/approval.ts";
import type { Clock } from "../domain/ports.ts";
import { StartError } from "../errors.ts";
import { randomIds } from "./clock.ts";
import type { ClusterId } from "./cluster-id.ts";
import type { ComposedExecution } from "./execution.ts";

export interface ApprovalSurroundings {
  readonly execution: Pick<ComposedExecution, "cluster" | "context">;
  readonly clusterId: Pick<ClusterId, "known">;
  /** Who holds keys now. */
  readonly principals: () => Config["principals"];
  /** Role of callers without a key. */
  readonly anonymousRole: () => string;
  readonly clock: Clock;
}

/** @throws StartError `invalid_configuration` for a ledger in Kubernetes without a cluster */
export function composeApprovals(
  { approvalLedger, secretKey }: Pick<Config, "approvalLedger" | "secretKey">,
  { execution, clusterId, principals, anonymousRole, clock }: ApprovalSurroundings,
): Approvals {
  const isShared = approvalLedger === "kubernetes";
  return createApprovals({
    key: deriveApprovalKey(secretKey),
    ledger: isShared ? sharedLedger(execution.cluster, clock) : createMemoryLedger(clock),
    ...(isShared ? {} : { process: randomIds.callId() }),
    clock,
    ids: randomIds,
    cluster: async () => ({ id: await clusterId.known(), context: execution.context }),
    rolesOf: (id) => principals().find((principal) => principal.id === id)?.roles ?? withoutKey(id, anonymousRole),
  });
}

function sharedLedger(cluster: ComposedExecution["cluster"], clock: Clock): ApprovalLedger {
  if (cluster === undefined) {
    throw new StartError("invalid_configuration", "AISRE_APPROVAL_LEDGER: kubernetes needs a cluster: set KUBECONFIG");
  }
  const call = createClusterApi({ upstream: () => cluster.upstream(), agentFor });
  return createKubernetesLedger(createLeases(call, cluster.ownNamespace), clock);
}

/** Of callers without a key; nobody else is known without one. */
const withoutKey = (id: string, role: () => string): readonly string[] =>
  id === "anonymous" || id === "local" ? [role()] : [];
