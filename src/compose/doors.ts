// The doors, each made of the rooms that compose.ts has joined: sockets for `serve`, standard input and output for
// `serve --stdio`. A server has one of the two.
import type { Config, PrincipalKeys } from "../config/config.ts";
import type { AuditLog, Clock, Health, Observer } from "../domain/ports.ts";
import type { Policy } from "../policy/pdp.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type Authenticator, createAuthenticator, followAuthenticator } from "../transport/authenticate.ts";
import { createListener } from "../transport/listener.ts";
import type { DecideApproval } from "../transport/approvals.ts";
import type { McpFactory } from "../transport/session.ts";
import { createStdioDoor, type StdioStreams } from "../transport/stdio.ts";
import { createAuthFailureRecorder } from "./auth-failures.ts";

/** What a door is made of. */
export interface DoorParts {
  readonly config: Config;
  /** In force now. */
  readonly policy: () => Policy;
  readonly principals: () => readonly PrincipalKeys[];
  readonly factory: McpFactory;
  readonly decideApproval: DecideApproval;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly observer: Observer;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Door<Open> {
  /** Begins to serve. @throws StartError `port_in_use`, or `invalid_configuration` for an address that cannot be bound */
  listen(): Promise<Open>;
  /** Cuts off who has lost its key, and tells the others that their tools may be others now. */
  refresh(): void;
  /** Refuses new work, lets running calls end within `graceMs`, aborts the rest, closes. */
  drain(graceMs: number): Promise<void>;
  /** For the log line that says that it serves. */
  facts(open: Open): Readonly<Record<string, unknown>>;
}

export interface BoundPorts {
  readonly port: number;
  readonly metricsPort?: number;
}

/** WebSocket, Streamable HTTP, probes and metrics. */
export function openSockets(parts: DoorParts): Door<BoundPorts> {
  const { config, factory, decideApproval, health, metrics, observer, audit, clock, logger } = parts;
  const listener = createListener({
    config: config.server,
    authenticator: followAuthenticator(newestAuthenticator(parts)),
    factory,
    decideApproval,
    health,
    metrics: metrics.exposition,
    observer,
    secretKey: config.secretKey,
    clock,
    onRefused: createAuthFailureRecorder(audit, clock),
    log: logger,
  });
  return {
    listen: () => listener.listen(),
    refresh: () => listener.refresh(),
    drain: (graceMs) => listener.drain(graceMs),
    facts: (bound) => ({ host: config.server.host, ...bound }),
  };
}

/** Made anew only when the principals, or the role of those without a key, are others. */
function newestAuthenticator({ policy, principals }: Pick<DoorParts, "policy" | "principals">): () => Authenticator {
  let role = policy().siteData.anonymous_role;
  let keys = principals();
  let made = createAuthenticator(keys, [role]);
  return () => {
    const [newRole, newKeys] = [policy().siteData.anonymous_role, principals()];
    if (newRole !== role || newKeys !== keys) made = createAuthenticator(newKeys, [newRole]);
    [role, keys] = [newRole, newKeys];
    return made;
  };
}

/** One local client; `ended` resolves when it has gone. */
export const openStdio =
  (streams: StdioStreams) =>
  ({ config, policy, factory, logger }: DoorParts): Door<{ readonly ended: Promise<void> }> => ({
    ...createStdioDoor({
      ...streams,
      factory,
      roles: () => [policy().siteData.anonymous_role],
      maxLineBytes: config.server.maxBodyBytes,
      log: logger,
    }),
    facts: () => ({ transport: "stdio" }),
  });
