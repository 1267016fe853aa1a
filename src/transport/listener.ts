// The listening sockets: both doors on one port, /metrics perhaps on another. Made and stopped by compose.ts; the only place
// that binds. Draining lets running calls end before anything is closed.
import type { FastifyInstance } from "fastify";
import type { ServerConfig } from "../config/config.ts";
import type { Clock, Health, Observer } from "../domain/ports.ts";
import { StartError } from "../errors.ts";
import type { DecideApproval } from "./approvals.ts";
import type { Authenticator } from "./authenticate.ts";
import { createHttpDoor, createMetricsDoor } from "./http.ts";
import { createInFlight } from "./in-flight.ts";
import { createMcpEndpoint } from "./mcp-endpoint.ts";
import type { MetricsText } from "./probes.ts";
import { type AuthFailure, createReception } from "./reception.ts";
import { createRunningCalls } from "./running-calls.ts";
import type { DoorLog, McpFactory } from "./session.ts";
import { createSessionIds } from "./session-id.ts";
import { createWebSocketDoor, type WebSocketDoorLimits } from "./websocket.ts";

export interface ListenerOptions {
  readonly config: ServerConfig;
  readonly authenticator: Authenticator;
  readonly factory: McpFactory;
  readonly decideApproval: DecideApproval;
  readonly health: Health;
  readonly metrics: MetricsText;
  readonly observer: Pick<Observer, "authFailure">;
  /** Signs session ids (by a key derived from it). */
  readonly secretKey: Buffer;
  readonly clock: Pick<Clock, "monotonic">;
  readonly onRefused?: (reason: AuthFailure, remoteAddress: string) => void;
  readonly log?: DoorLog;
  readonly webSocketLimits?: Partial<WebSocketDoorLimits>;
  readonly keepAliveMs?: number;
}

export interface Listener {
  /** Binds. @throws StartError `port_in_use`, or `invalid_configuration` for an address that cannot be bound */
  listen(): Promise<{ readonly port: number; readonly metricsPort?: number }>;
  /** Cuts off who has lost its key, and tells the others that their tools may be others now. */
  refresh(): void;
  /** Refuses new work, lets running calls end within `graceMs`, aborts the rest, closes every socket. */
  drain(graceMs: number): Promise<void>;
}

/** How long aborted calls may take to be audited and answered, milliseconds. */
const settleMs = 3000;
/** How long clients may take to leave, milliseconds. */
const leaveMs = 1000;

export function createListener(options: ListenerOptions): Listener {
  const { config, authenticator, factory, health, observer, onRefused, log } = options;
  let isDraining = false;
  const draining = (): boolean => isDraining;
  const running = createRunningCalls();
  const reception = createReception({ places: config, authenticator, observer, onRefused });
  const endpoint = createMcpEndpoint({
    factory,
    running,
    sessionIds: createSessionIds(options.secretKey),
    inFlight: createInFlight(),
    onForeignSession: (request) => reception.refused("session", request),
    keepAliveMs: options.keepAliveMs,
    log,
  });
  const ownMetricsPort = config.metricsPort !== undefined;
  const app = createHttpDoor({
    maxBodyBytes: config.maxBodyBytes,
    reception,
    endpoint,
    running,
    decideApproval: options.decideApproval,
    health,
    draining,
    metrics: ownMetricsPort ? undefined : options.metrics,
    log,
  });
  const metricsApp = ownMetricsPort ? createMetricsDoor(options.metrics, log) : undefined;
  const webSockets = createWebSocketDoor({
    factory,
    reception,
    running,
    draining,
    maxPayloadBytes: config.maxBodyBytes,
    limits: options.webSocketLimits,
    log,
  });
  app.server.on("upgrade", (request, socket, head) => webSockets.upgrade(request, socket, head));

  const close = async (): Promise<void> => {
    await Promise.all([webSockets.close(leaveMs), endpoint.close()]);
    await Promise.all([app.close(), metricsApp?.close()]);
  };

  return {
    listen: async () => {
      const port = await bind(app, config.host, config.port);
      if (metricsApp === undefined) return { port };
      try {
        return { port, metricsPort: await bind(metricsApp, config.host, config.metricsPort ?? 0) };
      } catch (error) {
        await close();
        throw error;
      }
    },
    refresh: () => {
      webSockets.refresh();
      endpoint.refresh();
    },
    drain: async (graceMs) => {
      isDraining = true;
      const startedAt = options.clock.monotonic();
      await running.drain(graceMs, settleMs);
      await close();
      log?.debug({ ms: Math.round(options.clock.monotonic() - startedAt) }, "drained");
    },
  };
}

async function bind(app: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code === "EADDRINUSE") {
      throw new StartError("port_in_use", `port ${port} on ${host} is taken`, { cause: error });
    }
    throw new StartError("invalid_configuration", `${host}:${port} cannot be bound (${code})`, { cause: error });
  }
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
