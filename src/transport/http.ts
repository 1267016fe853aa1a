// The HTTP door: routes, limits and the checks before a message is read, each with its one answer from errors.ts.
// Built by listener.ts; it never looks into a message.
import type { IncomingMessage } from "node:http";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { isJsonContentType } from "@modelcontextprotocol/server";
import type { HttpErrorCode } from "../errors.ts";
import { addApprovals, type DecideApproval } from "./approvals.ts";
import { readMessage } from "./json-message.ts";
import type { Caller, McpEndpoint } from "./mcp-endpoint.ts";
import type { RunningCalls } from "./running-calls.ts";
import { addMetrics, addProbes, type MetricsText, type ProbeOptions } from "./probes.ts";
import { type MessageId, toRefusal } from "./refusal.ts";
import type { Reception } from "./reception.ts";
import type { DoorLog } from "./session.ts";

export interface HttpDoorOptions extends Pick<ProbeOptions, "health" | "draining"> {
  readonly maxBodyBytes: number;
  readonly reception: Reception;
  readonly endpoint: McpEndpoint;
  readonly running: RunningCalls;
  readonly decideApproval: DecideApproval;
  /** Absent when /metrics has a port of its own. */
  readonly metrics?: MetricsText | undefined;
  readonly log?: DoorLog | undefined;
}

/** Builds the main application; it listens nowhere yet. */
export function createHttpDoor(options: HttpDoorOptions): FastifyInstance {
  const { reception, endpoint, health, draining, metrics } = options;
  const app = createApp(options.maxBodyBytes, options.log);
  addProbes(app, { health, draining, mayReadDetails: (request) => reception.recognise(request) });
  if (metrics !== undefined) addMetrics(app, metrics);
  addApprovals(app, {
    reception,
    running: options.running,
    draining,
    decide: options.decideApproval,
    refuse: (reply, code, extra) => refuse(reply, code, null, extra),
  });

  /** Who the checks before the body found. */
  const callers = new WeakMap<IncomingMessage, Caller>();
  app.all("/mcp", (_request, reply) => refuse(reply, "upgrade_required", null, { upgrade: "websocket" }));

  app.all(
    "/mcp/http",
    {
      onRequest: async ({ raw }, reply) => {
        const received = reception.receive(raw);
        if (!received.ok) return refuse(reply, received.code, null, received.headers);
        if (raw.method !== "POST") return refuse(reply, "method_not_allowed", null, { allow: "POST" });
        if (!isJsonContentType(raw.headers["content-type"] ?? null)) return refuse(reply, "unsupported_media_type");
        if (!acceptsBoth(raw.headers.accept)) return refuse(reply, "not_acceptable");
        callers.set(raw, received);
      },
    },
    async (request, reply) => {
      const caller = callers.get(request.raw);
      if (caller === undefined) return refuse(reply, "unauthorized");
      const read = readMessage(request.body instanceof Uint8Array ? request.body : new Uint8Array());
      if (!read.ok) return refuse(reply, read.code, read.id);
      if (draining() && "method" in read.message && "id" in read.message)
        return refuse(reply, "draining", read.message.id);
      reply.hijack();
      await endpoint.serve(request.raw, reply.raw, read.message, caller);
    },
  );
  return app;
}

/** An application that serves /metrics and nothing else. */
export function createMetricsDoor(metrics: MetricsText, log?: DoorLog): FastifyInstance {
  const app = createApp(1024, log);
  addMetrics(app, metrics);
  return app;
}

/** Open connections, HTTP and WebSocket together. */
const maxConnections = 1024;
/** How long a client may take to send one whole request, milliseconds. */
const requestTimeoutMs = 30_000;
const headersTimeoutMs = 15_000;

function createApp(bodyLimit: number, log: DoorLog | undefined): FastifyInstance {
  const app = fastify({
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    http: {
      headersTimeout: headersTimeoutMs,
      // A client that offers HTTP/2 (`Upgrade: h2c`) is served over HTTP/1.1 and not taken for a WebSocket.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    },
  });
  app.server.maxConnections = maxConnections;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => refuse(reply, "not_found"));
  app.setErrorHandler((error, _request, reply) => {
    const code = codeOf(error);
    if (code === "internal_error") log?.error({ err: error }, "a request failed");
    return refuse(reply, code);
  });
  return app;
}

/** Fastify's own refusals, in the words of our table. */
function codeOf(error: unknown): HttpErrorCode {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return "body_too_large";
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return "unsupported_media_type";
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return "invalid_request";
    default:
      return "internal_error";
  }
}

function refuse(
  reply: FastifyReply,
  code: HttpErrorCode,
  id: MessageId = null,
  extra: Readonly<Record<string, string>> = {},
): FastifyReply {
  const { status, headers, body } = toRefusal(code, id, extra);
  return reply.code(status).headers(headers).send(body);
}

/** MCP clients must accept both forms of an answer (spec 2025-11-25 and 2026-07-28, Streamable HTTP). */
const acceptsBoth = (accept: string | undefined): boolean =>
  accept !== undefined && /application\/json/i.test(accept) && /text\/event-stream/i.test(accept);
