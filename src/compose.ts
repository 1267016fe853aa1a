// The composition root: the only file that knows every room. It makes each from its part of the configuration, joins them
// through the ports, and takes them down in the opposite order. What belongs together is joined in compose/.
import { hostname } from "node:os";
import { type AuditLogOptions, createAuditLog } from "./audit/log.ts";
import { systemClock as clock } from "./compose/clock.ts";
import { createClusterId } from "./compose/cluster-id.ts";
import { type BoundPorts, type Door, type DoorParts, openSockets, openStdio } from "./compose/doors.ts";
import { composeExecution } from "./compose/execution.ts";
import { composeGate } from "./compose/gate-parts.ts";
import { composeInForce, type InForce } from "./compose/in-force.ts";
import { composeSlotLimits } from "./compose/limits.ts";
import { type Running, start, stop } from "./compose/start-and-stop.ts";
import { composeTelling, composeVoice, type Telling } from "./compose/telling.ts";
import type { Config } from "./config/config.ts";
import { checkBind } from "./config/load.ts";
import { createSlots } from "./execution/slots.ts";
import { createFingerprint } from "./redaction/fingerprint.ts";
import type { StdioStreams } from "./transport/stdio.ts";

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

/** A server behind sockets. @throws StartError for everything that a wrong configuration can cause */
export async function composeServer(config: Config): Promise<Server> {
  checkBind(config);
  return compose(config, openSockets);
}

/** A server for one local client. @throws StartError, as composeServer */
export const composeStdioServer = (config: Config, streams: StdioStreams) => compose(config, openStdio(streams));

async function compose<Open>(config: Config, open: (parts: DoorParts) => Door<Open>): Promise<Server<Open>> {
  const voice = await composeVoice(config);
  // The execution comes first; what it tells, and asks of what is in force, is there before the first call.
  let later: { readonly telling: Telling; readonly inForce: InForce } | undefined;
  const limits = composeSlotLimits(config, () => later?.inForce.principals() ?? config.principals);
  const slots = createSlots(limits, clock);
  const execution = await composeExecution(config.execution, {
    clock,
    serverUrl: config.serverUrl,
    ...(config.workspace === undefined ? {} : { workspace: config.workspace }),
    hosts: () => later?.inForce.policy().siteData.hosts.map(({ url }) => url) ?? [],
    fingerprint: createFingerprint(config.secretKey),
    onRefused: (refusal) => later?.telling.observer.brokerRefusal(refusal),
    onFault: (error) => voice.logger.error({ err: error }, "the broker failed"),
  });
  try {
    const clusterId = createClusterId(execution, clock);
    const telling = composeTelling(voice, execution, slots, {
      mode: () => inForce.policy().siteData.mode,
      policyRevision: () => inForce.policy().revision,
      policyKeyId: () => inForce.policy().keyId,
      policyRefused: () => inForce.refusals().policy !== undefined,
      auditSequence: () => audit.head?.seq ?? 0,
    });
    const inForce = await composeInForce(config, telling, {
      execution,
      clusterId,
      openAudit: () => openAudit(config, telling),
      onChange: () => door.refresh(),
    });
    later = { telling, inForce };
    const { audit, policy, principals } = inForce;
    const parts = composeGate(config, { execution, clusterId, slots, limits, audit, inForce, telling });
    const door = open({ config, policy, principals, ...parts, ...telling, audit, clock });
    const running: Running<Open> = { config, door, audit, inForce, execution, telling, slots };
    return {
      listen: () => start(running),
      reload: () => inForce.reload(),
      stop: (graceMs) => stop(running, graceMs),
      abandon: () => execution.abandon(),
    };
  } catch (error) {
    execution.abandon();
    throw error;
  }
}

const openAudit = ({ audit, secretKey }: Config, { redactText, observer }: Telling) =>
  createAuditLog({
    sink: sinkOf(audit),
    secretKey,
    instance: hostname(),
    clock,
    redact: redactText,
    onRecord: (kind) => observer.auditRecord(kind),
    onFailure: () => observer.auditFailure(),
  });

const sinkOf = ({ file, fsync }: Config["audit"]): AuditLogOptions["sink"] =>
  file === undefined ? { kind: "stdout" } : { kind: "file", path: file, fsync };
