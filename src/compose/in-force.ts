// What may be another at any moment while the server runs: policy, site data and who holds which key. Made by compose.ts; what
// has changed is told to the log, to the metrics, and to whoever serves by it.
import type { Config, PrincipalKeys } from "../config/config.ts";
import type { AuditLog } from "../domain/ports.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Logger } from "../telemetry/logger.ts";
import { systemClock as clock } from "./clock.ts";
import type { ClusterId } from "./cluster-id.ts";
import type { ComposedExecution } from "./execution.ts";
import { keepPolicy, type LivePolicy, openFirstPolicy, type Reload } from "./live-policy.ts";
import { keepPrincipals, type LivePrincipals, type PrincipalsReload } from "./live-principals.ts";
import type { ComposedPolicy, PolicySurroundings } from "./policy.ts";
import { createShadow, type Shadow } from "./shadow.ts";
import type { Telling } from "./telling.ts";

export interface InForce {
  readonly policy: () => ComposedPolicy["policy"];
  readonly settings: () => ComposedPolicy["settings"];
  readonly principals: () => readonly PrincipalKeys[];
  /** Why the newest files are not in force. */
  readonly refusals: () => { readonly policy: LivePolicy["refusal"]; readonly principals: LivePrincipals["refusal"] };
  readonly shadow: Shadow | undefined;
  reload(): void;
  close(): Promise<void>;
}

export interface InForceParts {
  readonly execution: Pick<ComposedExecution, "context">;
  readonly clusterId: ClusterId;
  /** Made when the policy was found good: the record begins with it. */
  readonly openAudit: () => AuditLog;
  /** What is served by it may be other now. */
  readonly onChange: () => void;
}

/** @throws StartError for a policy that cannot be used */
export async function composeInForce(
  config: Config,
  { metrics, logger, observer }: Telling,
  { execution, clusterId, openAudit, onChange }: InForceParts,
): Promise<InForce & { readonly audit: AuditLog }> {
  const { shadowFolder } = config.policy;
  const shadow =
    shadowFolder === undefined
      ? undefined
      : createShadow({ config: { ...config.policy, shadowFolder }, metrics, logger });
  const surroundings: PolicySurroundings = {
    clock,
    context: () => ({ context: execution.context, cluster_id: clusterId.current() }),
    onFault: (kind) => observer.policyFault(kind),
    onDecided: (question, evaluation) => shadow?.note(question, evaluation),
  };
  const first = await openFirstPolicy(config.policy, surroundings);
  const audit = openAudit();
  const kept = keepPolicy({
    config: config.policy,
    surroundings,
    first,
    audit,
    onReload: (reload) => {
      tellPolicy(reload, metrics, logger);
      if (reload.result === "replaced") onChange();
    },
  });
  const principals = keepPrincipals({
    config,
    audit,
    onReload: (reload) => {
      if (reload.why === undefined) onChange();
      tellPrincipals(reload, logger);
    },
  });
  return {
    audit,
    policy: () => kept.current.policy,
    settings: () => kept.current.settings,
    principals: () => principals.current,
    refusals: () => ({ policy: kept.refusal, principals: principals.refusal }),
    shadow,
    reload: () => {
      kept.reload();
      principals.reload();
    },
    close: async () => {
      principals.close();
      await shadow?.close();
      await kept.close();
    },
  };
}

/** A policy that is not taken must not go unnoticed; nor one that is. */
function tellPolicy(
  { result, revision, from, why }: Reload,
  metrics: Pick<Metrics, "policyReloaded">,
  logger: Pick<Logger, "error" | "info">,
): void {
  metrics.policyReloaded(result);
  if (result === "refused") {
    logger.error({ policy_revision: revision, why }, "the policy files are refused, and the policy stays as it was");
  } else {
    const words = result === "replaced" ? "another policy is in force" : "the policy files are the policy in force";
    logger.info({ policy_revision: revision, from }, words);
  }
}

function tellPrincipals({ why, ...ids }: PrincipalsReload, logger: Pick<Logger, "error" | "info">): void {
  if (why === undefined) logger.info(ids, "other principals hold the keys");
  else logger.error({ why }, "the principals are refused, and stay as they were");
}
