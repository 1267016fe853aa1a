// /mcp/http: one POST, one message, one answer, in both protocol eras and without sessions. Called by http.ts after place,
// credentials, headers and size are checked; hands the message to the protocol library and holds the call to its connection.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
  classifyInboundRequest,
  createMcpHandler,
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  SUPPORTED_PROTOCOL_VERSIONS,
} from "@modelcontextprotocol/server";
import type { InFlight } from "./in-flight.ts";
import { OneAnswerTransport } from "./one-answer.ts";
import type { Received } from "./reception.ts";
import { toRefusal } from "./refusal.ts";
import type { RunningCalls } from "./running-calls.ts";
import type { DoorLog, McpFactory, Session } from "./session.ts";
import type { SessionIds } from "./session-id.ts";

export interface McpEndpointOptions {
  readonly factory: McpFactory;
  readonly running: RunningCalls;
  readonly sessionIds: SessionIds;
  readonly inFlight: InFlight;
  /** Hears that a session id was not ours. */
  readonly onForeignSession: (request: IncomingMessage) => void;
  /** How long a client of the 2025 era waits without a sign of life, milliseconds. */
  readonly keepAliveMs?: number | undefined;
  readonly log?: DoorLog | undefined;
}

/** Who calls, and who that is by now. */
export type Caller = Omit<Extract<Received, { ok: true }>, "ok">;

export interface McpEndpoint {
  /** Answers one message; resolves when the answer is written or the client has gone. */
  serve(request: IncomingMessage, response: ServerResponse, message: JSONRPCMessage, caller: Caller): Promise<void>;
  /** Cuts off who has lost its key, and tells subscribers that the tools may be others now. */
  refresh(): void;
  /** Ends subscriptions and whatever is still being answered. */
  close(): Promise<void>;
}

/** Open `subscriptions/listen` streams (2026-07-28): the only news is that the list of tools is another. */
const maxSubscriptions = 64;
/** Well below what proxies wait for a byte, 60 seconds for most. */
const usualKeepAliveMs = 15_000;

export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { factory, running, sessionIds, inFlight, onForeignSession, keepAliveMs = usualKeepAliveMs, log } = options;
  const onerror = (error: Error): void => log?.debug({ reason: error.message }, "mcp over http");

  /** Who a request comes from: the library carries the Request itself to the factory, and nothing else of ours. */
  const sessions = new WeakMap<Request, Session>();
  /** Answers that are still open: calls, and subscriptions for hours. */
  const open = new Map<ServerResponse, Caller["now"]>();
  const handler = createMcpHandler(
    ({ requestInfo, era }) => {
      const session = requestInfo === undefined ? undefined : sessions.get(requestInfo);
      if (session === undefined) throw new Error("a request reached the protocol without a principal");
      // An older client has no stream on which it could be told.
      return factory({ ...session, tellsChanges: era === "modern" });
    },
    { legacy: "stateless", responseMode: "auto", maxSubscriptions, onerror },
  );

  /** The library's own way: 2026-era messages, and of the older era all that is no request it could serve. */
  const answerByLibrary = (raw: IncomingMessage, response: ServerResponse, message: JSONRPCMessage, who: Sender) => {
    const fetch = (request: Request): Promise<Response> => {
      const { signal } = request;
      sessions.set(request, { ...who, run: (end, work) => running.run([end, signal], work) });
      return handler.fetch(request, { parsedBody: message });
    };
    return toNodeHandler({ fetch }, { onerror })(nodeRequest(raw), response, message);
  };

  /** The short way of a 2025-era request: no web Request, Response or streams, which cost more than all of our own work. */
  const answerOnce = async (response: ServerResponse, message: JSONRPCRequest, who: Sender, sessionId?: string) => {
    const opensSession = message.method === "initialize";
    const headers = opensSession ? { "mcp-session-id": sessionIds.issue(who.principal.id) } : {};
    const transport = new OneAnswerTransport({ response, headers, keepAliveMs });
    const run: Session["run"] = (end, work) => {
      const cancel = () => void transport.close();
      const forget = sessionId === undefined ? undefined : inFlight.add(sessionId, message.id, cancel);
      return running.run([end], work).finally(() => forget?.());
    };
    await factory({ ...who, run }).connect(transport);
    transport.onmessage?.(message);
    await transport.ended;
  };

  const cancelNamedCall = (sessionId: string, message: JSONRPCMessage): void => {
    if (!isJSONRPCNotification(message) || message.method !== "notifications/cancelled") return;
    const requestId = message.params?.["requestId"];
    if (typeof requestId === "string" || typeof requestId === "number") inFlight.cancel(sessionId, requestId);
  };

  return {
    serve: async (raw, response, message, { principal, now }) => {
      open.set(response, now);
      response.once("close", () => open.delete(response));
      const header = headersOf(raw);
      const who: Sender = { principal, transport: "http", ...traceHeaders(header) };
      const isLegacy = classify(header, message).kind === "legacy";
      const sessionId = isLegacy ? header("mcp-session-id") : undefined;
      if (sessionId !== undefined && !sessionIds.verify(sessionId, principal.id)) {
        onForeignSession(raw);
        const { status, headers, body } = toRefusal("session_not_found", isJSONRPCRequest(message) ? message.id : null);
        response.writeHead(status, headers).end(body);
        return;
      }
      if (sessionId !== undefined) cancelNamedCall(sessionId, message);
      const isShort = isLegacy && isJSONRPCRequest(message) && isSpoken(header("mcp-protocol-version"));
      const answered = isShort
        ? answerOnce(response, message, who, sessionId)
        : answerByLibrary(raw, response, message, who);
      if (isJSONRPCRequest(message) && message.method === "tools/call") running.hold(answered);
      await answered;
    },
    refresh: () => {
      for (const [response, now] of open) if (now() === undefined) response.destroy();
      handler.notify.toolsChanged();
    },
    close: () => handler.close(),
  };
}

/** What the protocol room is told of it. */
type Sender = Omit<Session, "run">;
type Header = (name: string) => string | undefined;

/** One value a name, as web requests have it. */
function headersOf({ headers }: { readonly headers: IncomingHttpHeaders }): Header {
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
}

/** The library's own question, so that it and we never disagree. */
function classify(header: Header, body: JSONRPCMessage) {
  const [version, method, name] = ["mcp-protocol-version", "mcp-method", "mcp-name"].map(header);
  return classifyInboundRequest({
    httpMethod: "POST",
    ...(version === undefined ? {} : { protocolVersionHeader: version }),
    ...(method === undefined ? {} : { mcpMethodHeader: method }),
    ...(name === undefined ? {} : { mcpNameHeader: name }),
    body,
  });
}

/** What else a header may name is refused by the library, with a list of what it knows. */
const isSpoken = (version: string | undefined): boolean =>
  version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(version);

/** The part of a Node request that the adapter reads; its body has been read already. */
const nodeRequest = (raw: IncomingMessage) => ({
  method: "POST",
  // Never the caller's: a whole URL is a valid request target too (RFC 9112 section 3.2.2).
  url: "/mcp/http",
  headers: raw.headers,
  [Symbol.asyncIterator]: () => raw[Symbol.asyncIterator](),
});

function traceHeaders(header: Header): Pick<Session, "traceparent" | "tracestate"> {
  const traceparent = header("traceparent");
  const tracestate = header("tracestate");
  return {
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  };
}
