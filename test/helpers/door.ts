// Both doors in front of a fake gate, on a port of their own: what the transport tests start and stop.
import { createHash, randomBytes } from "node:crypto";
import type { ServerConfig } from "../../src/config/config.ts";
import type { HealthReport } from "../../src/domain/ports.ts";
import { createMcpFactory } from "../../src/mcp/server.ts";
import { type Authenticator, createAuthenticator } from "../../src/transport/authenticate.ts";
import { createListener, type Listener, type ListenerOptions } from "../../src/transport/listener.ts";
import { createFakeGate, type FakeGate, fakeIds, fakeTools } from "./fake-gate.ts";

export const keys = { operator: "operator-key-0123456789", admin: "admin-key-0123456789" };
const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");

export interface Door {
  readonly port: number;
  readonly metricsPort: number | undefined;
  readonly base: string;
  readonly url: string;
  readonly wsUrl: string;
  readonly key: string;
  readonly gate: FakeGate;
  readonly listener: Listener;
  /** Reasons counted by the observer, and `reason address` pairs told to the audit. */
  readonly failures: readonly string[];
  readonly refusals: readonly string[];
  readonly faults: readonly unknown[];
  health: HealthReport;
  close(): Promise<void>;
}

export interface DoorSettings {
  readonly open?: true;
  readonly config?: Partial<ServerConfig>;
  readonly limits?: ListenerOptions["webSocketLimits"];
  readonly secretKey?: Buffer;
  readonly keepAliveMs?: number;
  readonly authenticator?: Authenticator;
}

export async function startDoor(settings: DoorSettings = {}): Promise<Door> {
  const gate = createFakeGate();
  const failures: string[] = [];
  const refusals: string[] = [];
  const faults: unknown[] = [];
  const state: { health: HealthReport } = { health: { status: "ok", ready: true, details: { version: "1.2.3" } } };
  const principals = [
    { id: "n8n", roles: ["operator"] as const, keySha256: [hashOf("retired-key-0123456789"), hashOf(keys.operator)] },
    { id: "root", roles: ["admin"] as const, keySha256: [hashOf(keys.admin)] },
  ];
  const listener = createListener({
    config: {
      host: "127.0.0.1",
      port: 0,
      allowedHosts: ["localhost", "127.0.0.1", "[::1]"],
      allowedOrigins: ["https://n8n.example"],
      maxBodyBytes: 64 * 1024,
      ...settings.config,
    },
    authenticator: settings.authenticator ?? createAuthenticator(settings.open ? [] : principals, ["viewer"]),
    factory: createMcpFactory({
      gate,
      tools: fakeTools,
      serverInfo: { name: "ai-sre", version: "0.0.0" },
      instructions: "Test instructions.",
      ids: fakeIds,
      onFault: (error) => faults.push(error),
    }),
    decideApproval: async (principal, body) => ({ principal: principal.id, body }),
    health: { report: async () => state.health, ready: () => state.health.ready },
    metrics: async () => ({ contentType: "text/plain; version=0.0.4; charset=utf-8", body: "# TYPE x counter\nx 1\n" }),
    observer: { authFailure: (reason) => failures.push(reason) },
    onRefused: (reason, address) => refusals.push(`${reason} ${address}`),
    secretKey: settings.secretKey ?? randomBytes(32),
    clock: { monotonic: () => performance.now() },
    ...(settings.limits === undefined ? {} : { webSocketLimits: settings.limits }),
    ...(settings.keepAliveMs === undefined ? {} : { keepAliveMs: settings.keepAliveMs }),
  });
  const { port, metricsPort } = await listener.listen();
  const base = `http://127.0.0.1:${port}`;
  return {
    port,
    metricsPort,
    base,
    url: `${base}/mcp/http`,
    wsUrl: `ws://127.0.0.1:${port}/mcp`,
    key: keys.operator,
    gate,
    listener,
    failures,
    refusals,
    faults,
    get health() {
      return state.health;
    },
    set health(report) {
      state.health = report;
    },
    close: () => listener.drain(0),
  };
}

/** Polls until `holds` does, at most fifteen seconds: a busy machine is slow, and nobody waits when it is not. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 1500; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
  throw new Error(`never came true: ${what}`);
}

export const mcpHeaders = (key: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  authorization: `Bearer ${key}`,
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  ...more,
});
