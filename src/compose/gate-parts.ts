// The gate with everything that it reaches effects through, and what asks it: the MCP factory and the door for verdicts. Made by
// compose.ts, when all rooms are there.
import type { Config } from "../config/config.ts";
import type { AuditLog, Slots } from "../domain/ports.ts";
import { createBudgets } from "../execution/budgets.ts";
import { createReadCache } from "../execution/read-cache.ts";
import type { SlotLimits } from "../execution/slots.ts";
import { createGate } from "../gate.ts";
import { instructions } from "../mcp/instructions.ts";
import { createMcpFactory } from "../mcp/server.ts";
import { toBudgetLimits } from "../policy/site-data.ts";
import { preflight } from "../preflight/preflight.ts";
import { catalog } from "../tools/catalog.ts";
import { version } from "../version.ts";
import { createAnswers } from "./answers.ts";
import { createApprovalDoor } from "./approval-door.ts";
import { composeApprovals } from "./approvals.ts";
import { createAuditRecovery } from "./audit-recovery.ts";
import { randomIds, systemClock as clock } from "./clock.ts";
import { type ClusterId, learning } from "./cluster-id.ts";
import { createClusterProbe } from "./cluster-probe.ts";
import type { ComposedExecution } from "./execution.ts";
import { createHealth } from "./health.ts";
import type { InForce } from "./in-force.ts";
import { describeLimits } from "./limits.ts";
import type { Telling } from "./telling.ts";
import { composeWorkTree } from "./work-tree.ts";

export interface GateParts {
  readonly execution: ComposedExecution;
  readonly clusterId: ClusterId;
  readonly slots: Slots;
  readonly limits: Required<SlotLimits>;
  readonly audit: AuditLog;
  readonly inForce: InForce;
  readonly telling: Telling;
}

export function composeGate(config: Config, parts: GateParts) {
  const { execution, clusterId, slots, audit, inForce, telling } = parts;
  const { policy, settings, principals } = inForce;
  const health = healthOf(parts);
  const place = () => clusterId.current() || execution.context;
  const anonymousRole = () => policy().siteData.anonymous_role;
  const gate = createGate({
    get policy() {
      return policy();
    },
    get settings() {
      return settings();
    },
    audit,
    approvals: composeApprovals(config, { execution, clusterId, principals, anonymousRole, clock }),
    budgets: createBudgets(() => toBudgetLimits(policy().siteData), clock),
    slots,
    reads: createReadCache({ clock, place, onKept: () => clusterId.learn() }),
    execution,
    ...composeWorkTree(config, { execution, settings, clock }),
    preflight,
    answer: createAnswers(health),
    observer: telling.observer,
    clock,
  });
  const factory = createMcpFactory({
    gate,
    tools: catalog,
    serverInfo: { name: "ai-sre", version, title: "AI SRE" },
    instructions,
    ids: randomIds,
    onFault: (error, callId) =>
      telling.logger.error({ err: error, call_id: callId }, "a call failed inside the server"),
  });
  return { health, factory, decideApproval: createApprovalDoor(gate, randomIds) };
}

const healthOf = ({ execution, clusterId, slots, limits, audit, inForce }: GateParts) => {
  const { policy, refusals, shadow } = inForce;
  return createHealth({
    version,
    sandbox: execution.sandbox,
    policyRevision: () => policy().revision,
    policy: () => ({ keyId: policy().keyId, refusal: refusals().policy }),
    policyShadow: () => shadow?.describe(),
    principalsRefused: () => refusals().principals,
    mode: () => policy().siteData.mode,
    binaries: execution.binaries,
    cluster: learning(clusterId, createClusterProbe(execution, clock)),
    auditWritable: createAuditRecovery(audit, clock),
    auditHead: () => audit.head,
    load: () => ({ running: slots.running, waiting: slots.waiting }),
    limits: () => describeLimits(limits, policy().siteData),
  });
};
