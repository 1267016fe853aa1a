// What /health and health_check say: readiness from what we hold ourselves, details for those who may see them.
import type { AuditLog, Availability, Health } from "../domain/ports.ts";
import type { SandboxState } from "../domain/sandbox.ts";
import type { ClusterStatus } from "./cluster-probe.ts";
import { isBoxed, unboxedBinaries } from "./sandbox.ts";

export interface HealthSources {
  readonly version: string;
  /** As in the metric `aisre_sandbox_info`. */
  readonly sandbox: SandboxState;
  readonly policyRevision: () => string;
  /** Whose signature it has, and why what lies on the disk is not in force. */
  readonly policy?: () => { readonly keyId?: string | undefined; readonly refusal?: string | undefined };
  /** The candidate that is asked beside it. */
  readonly policyShadow?: () => Readonly<Record<string, string>> | undefined;
  /** Why the file of principals is not what holds. */
  readonly principalsRefused?: () => string | undefined;
  readonly mode: () => string;
  readonly binaries: ReadonlyMap<string, Availability>;
  readonly cluster: () => Promise<ClusterStatus>;
  readonly auditWritable: () => boolean;
  /** The end of the audit's chain, for those who keep it elsewhere. */
  readonly auditHead: () => AuditLog["head"];
  readonly load: () => { readonly running: number; readonly waiting: number };
  /** What holds load back. */
  readonly limits: () => Readonly<Record<string, unknown>>;
}

export function createHealth(sources: HealthSources): Health {
  const ready = (): boolean => sources.auditWritable();
  return {
    ready,
    report: async () => {
      const cluster = await sources.cluster();
      const tools = [...sources.binaries].map(([name, state]) => [name, describe(state)] as const);
      const { keyId, refusal } = sources.policy?.() ?? {};
      const policyShadow = sources.policyShadow?.();
      const principalsRefused = sources.principalsRefused?.();
      const isWhole =
        cluster.reachable &&
        refusal === undefined &&
        principalsRefused === undefined &&
        [...sources.binaries.values()].every(({ available }) => available) &&
        (sources.sandbox.mode === "off" || isBoxed(sources.sandbox, sources.binaries));
      return {
        ready: ready(),
        status: !ready() ? "not_ready" : isWhole ? "ok" : "degraded",
        details: {
          version: sources.version,
          policy_revision: sources.policyRevision(),
          ...(keyId === undefined ? {} : { policy_key_id: keyId }),
          ...(refusal === undefined ? {} : { policy_refused: refusal }),
          ...(policyShadow === undefined ? {} : { policy_shadow: policyShadow }),
          ...(principalsRefused === undefined ? {} : { principals_refused: principalsRefused }),
          mode: sources.mode(),
          sandbox: { ...sources.sandbox, unboxed: unboxedBinaries(sources.sandbox, sources.binaries) },
          audit_writable: sources.auditWritable(),
          audit_head: sources.auditHead() ?? null,
          tools: Object.fromEntries(tools),
          cluster,
          ...sources.load(),
          limits: sources.limits(),
        },
      };
    },
  };
}

const describe = (state: Availability) =>
  state.available ? { available: true, version: state.version } : { available: false, reason: state.reason };
