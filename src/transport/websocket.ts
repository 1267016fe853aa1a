// The WebSocket door, /mcp: checks an upgrade in the order path, place, credentials, subprotocol, then serves one client per
// socket in whichever protocol era it opens with. Built by listener.ts. A socket that closes aborts its calls.
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Server } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { type WebSocket, WebSocketServer } from "ws";
import type { Principal } from "../domain/principal.ts";
import type { HttpErrorCode } from "../errors.ts";
import type { Received, Reception } from "./reception.ts";
import { toRefusal } from "./refusal.ts";
import type { RunningCalls } from "./running-calls.ts";
import type { DoorLog, McpFactory, Session } from "./session.ts";
import { type WebSocketLimits, WebSocketServerTransport } from "./websocket-transport.ts";

export interface WebSocketDoorOptions {
  readonly factory: McpFactory;
  readonly reception: Reception;
  readonly running: RunningCalls;
  readonly draining: () => boolean;
  /** Largest frame, bytes; a larger one ends the connection with code 1009. */
  readonly maxPayloadBytes: number;
  readonly limits?: Partial<WebSocketDoorLimits> | undefined;
  readonly log?: DoorLog | undefined;
}

export interface WebSocketDoorLimits extends WebSocketLimits {
  readonly maxConnections: number;
}

export interface WebSocketDoor {
  /** Handles the HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends away who has lost its key, and tells the others that the tools may be others now. */
  refresh(): void;
  /** Says 1001 (going away) to every client and cuts off who has not left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const defaultLimits: WebSocketDoorLimits = {
  maxConnections: 256,
  pingIntervalMs: 30_000,
  maxBufferedBytes: 8 * 1024 * 1024,
};

const subprotocol = "mcp";
/** Calls of one socket that are in the gate; until one ends, no more is read, and the client's own sending waits. */
const maxCalls = 64;
/** Open `subscriptions/listen` streams of one socket (2026-07-28). */
const maxSubscriptions = 16;

export function createWebSocketDoor(options: WebSocketDoorOptions): WebSocketDoor {
  const { factory, reception, running, draining, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxPayloadBytes,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: () => subprotocol,
  });

  /** Everybody who is connected: who that is by now, and what serves it once it has opened the protocol. */
  const connections = new Map<WebSocket, { readonly now: () => Principal | undefined; server?: Server }>();

  const check = (request: IncomingMessage): Extract<Received, { ok: true }> | { readonly refusal: Buffer } => {
    if (pathOf(request) !== "/mcp") return refuse("not_found");
    const offered = offeredSubprotocols(request);
    const received = reception.receive(request, offered);
    if (!received.ok) return refuse(received.code, received.headers);
    if (!offered.includes(subprotocol)) return refuse("subprotocol_missing");
    if (draining()) return refuse("draining");
    if (server.clients.size >= limits.maxConnections) return refuse("connection_limit");
    return received;
  };

  const serve = (socket: WebSocket, request: IncomingMessage, received: Extract<Received, { ok: true }>): void => {
    const gone = new AbortController();
    const connection: { readonly now: () => Principal | undefined; server?: Server } = { now: received.now };
    connections.set(socket, connection);
    socket.once("close", () => {
      connections.delete(socket);
      gone.abort(new Error("the connection closed"));
    });
    let calls = 0;
    const session: Session = {
      get principal() {
        return received.now() ?? { ...received.principal, roles: [] };
      },
      transport: "websocket",
      tellsChanges: true,
      ...traceHeaders(request),
      run: async (end, work) => {
        calls += 1;
        if (calls === maxCalls) socket.pause();
        try {
          return await running.run([end, gone.signal], work);
        } finally {
          if (calls === maxCalls) socket.resume();
          calls -= 1;
        }
      },
    };
    serveStdio(() => (connection.server = factory(session)), {
      transport: new WebSocketServerTransport(socket, limits),
      maxSubscriptions,
      onerror: (error) => log?.debug({ reason: error.message }, "mcp over websocket"),
    });
  };

  return {
    upgrade: (request, socket, head) => {
      socket.on("error", (error) => log?.debug({ reason: error.message }, "upgrade"));
      const checked = check(request);
      if ("refusal" in checked) {
        socket.end(checked.refusal);
        setTimeout(() => socket.destroy(), lingerMs).unref();
        return;
      }
      server.handleUpgrade(request, socket, head, (accepted) => serve(accepted, request, checked));
    },
    refresh: () => {
      for (const [socket, { now, server }] of connections) {
        if (now() === undefined) sendAway(socket, 1008, "the key is not valid any more", lingerMs);
        else server?.sendToolListChanged().catch(() => {});
      }
    },
    close: async (graceMs) => {
      const left = [...server.clients].map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.once("close", () => resolve());
            sendAway(socket, 1001, "the server is shutting down", graceMs);
          }),
      );
      await Promise.all(left);
      server.close();
    },
  };
}

/** Says goodbye, and cuts off who has not left in time. */
function sendAway(socket: WebSocket, code: number, why: string, graceMs: number): void {
  socket.close(code, why);
  setTimeout(() => socket.terminate(), graceMs).unref();
}

/** How long a refused client may take to read why, milliseconds. */
const lingerMs = 1000;

/** A whole HTTP/1.1 response: after an `upgrade` event nobody else writes to the socket. */
function refuse(code: HttpErrorCode, extra: Readonly<Record<string, string>> = {}): { readonly refusal: Buffer } {
  const { status, headers, body } = toRefusal(code, null, extra);
  const fields = { ...headers, connection: "close", "content-length": String(Buffer.byteLength(body)) };
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
  ];
  return { refusal: Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`, "utf8") };
}

const pathOf = ({ url = "/" }: IncomingMessage): string => url.split("?", 1)[0] ?? "/";

const offeredSubprotocols = ({ headers }: IncomingMessage): readonly string[] =>
  (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());

function traceHeaders({ headers }: IncomingMessage): Pick<Session, "traceparent" | "tracestate"> {
  const { traceparent, tracestate } = headers;
  return {
    ...(typeof traceparent === "string" ? { traceparent } : {}),
    ...(typeof tracestate === "string" ? { tracestate } : {}),
  };
}
