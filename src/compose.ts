// The composition root: the only file that knows every room. It makes each from its part of the configuration, joins them
// through the ports, and takes them down in the opposite order.
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type AuditLogOptions, createAuditLog } from "./audit/log.ts";
import { createAnswers } from "./compose/answers.ts";
import { createApprovalDoor } from "./compose/approval-door.ts";
import { composeApprovals } from "./compose/approvals.ts";
import { createAuditRecovery } from "./compose/audit-recovery.ts";
import { randomIds, systemClock as clock } from "./compose/clock.ts";
import { createClusterId, learning } from "./compose/cluster-id.ts";
import { createClusterProbe } from "./compose/cluster-probe.ts";
import { type BoundPorts, type Door, type DoorParts, openSockets, openStdio } from "./compose/doors.ts";
import { type ComposedExecution, composeExecution } from "./compose/execution.ts";
import { createHealth } from "./compose/health.ts";
import { composeSlotLimits, describeLimits } from "./compose/limits.ts";
import { keepPolicy, type LivePolicy, openFirstPolicy, type Reload } from "./compose/live-policy.ts";
import { keepPrincipals } from "./compose/live-principals.ts";
import type { PolicySurroundings } from "./compose/policy.ts";
import { sandboxWarning, unboxedBinaries } from "./compose/sandbox.ts";
import { createShadow } from "./compose/shadow.ts";
import { composeWorkTree } from "./compose/work-tree.ts";
import type { Config } from "./config/config.ts";
import { checkBind } from "./config/load.ts";
import type { AuditLog, Observer, Slots } from "./domain/ports.ts";
import { StartError } from "./errors.ts";
import { createBudgets } from "./execution/budgets.ts";
import { createReadCache } from "./execution/read-cache.ts";
import { createSlots } from "./execution/slots.ts";
import { createGate } from "./gate.ts";
import { instructions } from "./mcp/instructions.ts";
import { createMcpFactory } from "./mcp/server.ts";
import { toBudgetLimits } from "./policy/site-data.ts";
import { remembering } from "./compose/remembering.ts";
import { preflight } from "./preflight/preflight.ts";
import { createFingerprint } from "./redaction/fingerprint.ts";
import { redact } from "./redaction/redact.ts";
import { createLogger, type Logger } from "./telemetry/logger.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";
import { createObserver } from "./telemetry/observer.ts";
import { createTracing } from "./telemetry/tracing.ts";
import { catalog } from "./tools/catalog.ts";
import type { StdioStreams } from "./transport/stdio.ts";
import { version } from "./version.ts";

export interface Server<Open = BoundPorts> {
  /** Records the start, then opens the door. @throws StartError `audit_unwritable`, `port_in_use` */
  listen(): Promise<Open>;
  /** Looks at policy, site data and principals now: SIGHUP. */
  reload(): void;
  /** Drains: running calls get `graceMs`, then everything ends and is recorded. */
  stop(graceMs: number): Promise<void>;
  /** Synchronous: kills what runs and leaves nothing behind. For the last moment of the process. */
  abandon(): void;
}

/** How long killed calls may take to be recorded, milliseconds. */
const lastRecordsMs = 2000;

/** A server behind sockets. @throws StartError for everything that a wrong configuration can cause */
export async function composeServer(config: Config): Promise<Server> {
  checkBind(config);
  return compose(config, openSockets);
}

/** A server for one local client. @throws StartError, as composeServer */
export const composeStdioServer = (config: Config, streams: StdioStreams) => compose(config, openStdio(streams));

async function compose<Open>(config: Config, open: (parts: DoorParts) => Door<Open>): Promise<Server<Open>> {
  const redactText = remembering((text) => redact(text, ["credentials", "kubernetes"]).text);
  const logger = createLogger({ level: config.logLevel, version, redact: redactText });
  const tracing = await createTracing({ enabled: config.tracing, version, clock, logger });
  const limits = composeSlotLimits(config);
  const slots = createSlots(limits, clock);
  const fingerprint = createFingerprint(config.secretKey);
  // The execution comes first; what it tells, and asks of site data, is there before the first call.
  let heard: Observer | undefined;
  let live: LivePolicy | undefined;
  const execution = await composeExecution(config.execution, {
    clock,
    serverUrl: config.serverUrl,
    ...(config.workspace === undefined ? {} : { workspace: config.workspace }),
    hosts: () => live?.current.policy.siteData.hosts.map(({ url }) => url) ?? [],
    fingerprint,
    onRefused: (refusal) => heard?.brokerRefusal(refusal),
    onFault: (error) => logger.error({ err: error }, "the broker failed"),
  });
  const abandon = (): void => execution.abandon();
  try {
    const metrics = createMetrics({
      version,
      sandbox: execution.sandbox,
      knownTools: new Set(catalog.map(({ name }) => name)),
      running: () => slots.running,
      waiting: () => slots.waiting,
      mode: () => policy().siteData.mode,
      policyRevision: () => policy().revision,
      policyKeyId: () => policy().keyId,
      policyRefused: () => kept.refusal !== undefined,
      auditSequence: () => audit.head?.seq ?? 0,
    });
    const observer = createObserver({ metrics, tracing, logger });
    heard = observer;
    const clusterId = createClusterId(execution, clock);
    const surroundings: PolicySurroundings = {
      clock,
      context: () => ({ context: execution.context, cluster_id: clusterId.current() }),
      onFault: (kind) => observer.policyFault(kind),
      onDecided: (question, evaluation) => shadow?.note(question, evaluation),
    };
    const { shadowFolder } = config.policy;
    const shadow =
      shadowFolder === undefined
        ? undefined
        : createShadow({ config: { ...config.policy, shadowFolder }, metrics, logger });
    const first = await openFirstPolicy(config.policy, surroundings);
    const audit = createAuditLog({
      sink: sinkOf(config.audit),
      secretKey: config.secretKey,
      instance: hostname(),
      clock,
      redact: redactText,
      onRecord: (kind) => observer.auditRecord(kind),
      onFailure: () => observer.auditFailure(),
    });
    const onReload = (reload: Reload): void => {
      tellReload(reload, metrics, logger);
      if (reload.result === "replaced") door.refresh();
    };
    const kept = keepPolicy({ config: config.policy, surroundings, first, audit, onReload });
    live = kept;
    const principals = keepPrincipals({
      config,
      audit,
      onReload: ({ why, ...ids }) => {
        if (why !== undefined) return logger.error({ why }, "the principals are refused, and stay as they were");
        door.refresh();
        logger.info(ids, "other principals hold the keys");
      },
    });
    const policy = () => kept.current.policy;
    const settings = () => kept.current.settings;
    const health = createHealth({
      version,
      sandbox: execution.sandbox,
      policyRevision: () => policy().revision,
      policy: () => ({ keyId: policy().keyId, refusal: kept.refusal }),
      policyShadow: () => shadow?.describe(),
      principalsRefused: () => principals.refusal,
      mode: () => policy().siteData.mode,
      binaries: execution.binaries,
      cluster: learning(clusterId, createClusterProbe(execution, clock)),
      auditWritable: createAuditRecovery(audit, clock),
      auditHead: () => audit.head,
      load: () => ({ running: slots.running, waiting: slots.waiting }),
      limits: () => describeLimits(limits, policy().siteData),
    });
    const answer = createAnswers(health);
    const workTree = composeWorkTree(config, { execution, settings, clock });
    const budgets = createBudgets(() => toBudgetLimits(policy().siteData), clock);
    const place = () => clusterId.current() || execution.context;
    const reads = createReadCache({ clock, place, onKept: () => clusterId.learn() });
    const anonymousRole = () => policy().siteData.anonymous_role;
    const keyHolders = () => principals.current;
    const approvals = composeApprovals(config, {
      execution,
      clusterId,
      principals: keyHolders,
      anonymousRole,
      clock,
    });
    const work = { approvals, budgets, slots, reads, execution, ...workTree };
    const gate = createGate({
      get policy() {
        return policy();
      },
      get settings() {
        return settings();
      },
      audit,
      ...work,
      preflight,
      answer,
      observer,
      clock,
    });
    const factory = createMcpFactory({
      gate,
      tools: catalog,
      serverInfo: { name: "ai-sre", version, title: "AI SRE" },
      instructions,
      ids: randomIds,
      onFault: (error, callId) => logger.error({ err: error, call_id: callId }, "a call failed inside the server"),
    });
    const decideApproval = createApprovalDoor(gate, randomIds);
    const door = open({
      config,
      policy,
      principals: keyHolders,
      factory,
      decideApproval,
      health,
      metrics,
      observer,
      audit,
      clock,
      logger,
    });
    return {
      listen: async () => {
        const details = {
          version,
          policy_revision: policy().revision,
          ...keyOf(policy()),
          mode: policy().siteData.mode,
          context: execution.context,
        };
        await recordStart(audit, config, details);
        if (config.secretKeyGenerated) {
          logger.warn(
            "AISRE_SECRET_KEY_FILE is not set: the audit's key dies with this process, nobody can verify it later",
          );
        }
        const opened = await openOrRecord(door, audit);
        const { version: _base, ...facts } = details;
        warnOfSandbox(logger, execution);
        logger.info({ ...door.facts(opened), ...facts, sandbox: execution.sandbox }, "serving");
        return opened;
      },
      reload: () => {
        kept.reload();
        principals.reload();
      },
      stop: async (graceMs) => {
        principals.close();
        await shadow?.close();
        await kept.close();
        await door.drain(graceMs);
        abandon();
        await idle(slots);
        await audit.append({ kind: "stop" }).catch(() => {});
        await audit.close();
        await tracing.shutdown();
      },
      abandon,
    };
  } catch (error) {
    abandon();
    throw error;
  }
}

const keyOf = ({ keyId }: { readonly keyId?: string }) => (keyId === undefined ? {} : { policy_key_id: keyId });

/** A policy that is not taken must not go unnoticed; nor one that is. */
function tellReload(
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

/** Said at every start: a server whose walls are not whole should not look like one whose are. */
function warnOfSandbox(logger: Pick<Logger, "warn">, { sandbox, binaries }: ComposedExecution): void {
  const warning = sandboxWarning(sandbox, binaries);
  if (warning !== undefined) logger.warn({ sandbox, unboxed: unboxedBinaries(sandbox, binaries) }, warning);
}

const sinkOf = ({ file, fsync }: Config["audit"]): AuditLogOptions["sink"] =>
  file === undefined ? { kind: "stdout" } : { kind: "file", path: file, fsync };

async function recordStart(audit: AuditLog, config: Config, details: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    await audit.append({ kind: "start", details });
  } catch (error) {
    const where = config.audit.file === undefined ? "standard output" : `AISRE_AUDIT_FILE ${config.audit.file}`;
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
    throw new StartError("audit_unwritable", `${where} cannot be written${cause}`, { cause: error });
  }
}

/** A start that ends here has an end in the audit too. */
async function openOrRecord<Open>(door: Door<Open>, audit: AuditLog): Promise<Open> {
  try {
    return await door.listen();
  } catch (error) {
    await audit.append({ kind: "stop" }).catch(() => {});
    throw error;
  }
}

/** Waits until the killed calls are recorded, or gives up. */
async function idle(slots: Slots): Promise<void> {
  for (let waited = 0; slots.running > 0 && waited < lastRecordsMs; waited += 10) await sleep(10);
}
