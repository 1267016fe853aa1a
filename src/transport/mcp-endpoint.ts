// /mcp/http: one POST, one message, one answer, in both protocol eras and without sessions. Called by http.ts after place,
// credentials, headers and size are checked; hands the message to the protocol library and holds the call to its connection.
import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
  createMcpHandler,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isLegacyRequest,
  type JSONRPCMessage,
  type RequestId,
} from "@modelcontextprotocol/server";
import type { Principal } from "../domain/principal.ts";
import type { InFlight } from "./in-flight.ts";
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
  readonly log?: DoorLog | undefined;
}

export interface McpEndpoint {
  /** Answers one message; resolves when the answer is written or the client has gone. */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    message: JSONRPCMessage,
    principal: Principal,
  ): Promise<void>;
  /** Ends subscriptions and whatever is still being answered. */
  close(): Promise<void>;
}

/** Open `subscriptions/listen` streams (2026-07-28): this server has no change events, so few are of use. */
const maxSubscriptions = 64;

export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { factory, running, sessionIds, inFlight, onForeignSession, log } = options;
  const onerror = (error: Error): void => log?.debug({ reason: error.message }, "mcp over http");

  /** Who a request comes from: the library carries the Request itself to the factory, and nothing else of ours. */
  const sessions = new WeakMap<Request, Session>();
  const handler = createMcpHandler(
    ({ requestInfo }) => {
      const session = requestInfo === undefined ? undefined : sessions.get(requestInfo);
      if (session === undefined) throw new Error("a request reached the protocol without a principal");
      return factory(session);
    },
    { legacy: "stateless", responseMode: "auto", maxSubscriptions, onerror },
  );

  const answer = async (request: Request, message: JSONRPCMessage, principal: Principal, onForeign: () => void) => {
    const { headers, signal } = request;
    const isLegacy = await isLegacyRequest(request, message);
    const sessionId = isLegacy ? headers.get("mcp-session-id") : null;
    if (sessionId !== null && !sessionIds.verify(sessionId, principal.id)) {
      onForeign();
      const { status, body, headers: fields } = toRefusal("session_not_found", idOf(message));
      return new Response(body, { status, headers: fields });
    }
    if (sessionId !== null) cancelNamedCall(sessionId, message);

    const cancelled = new AbortController();
    const own = new Request(request.url, {
      method: "POST",
      headers,
      signal: AbortSignal.any([signal, cancelled.signal]),
    });
    sessions.set(own, {
      principal,
      transport: "http",
      ...traceHeaders(headers),
      run: (end, work) => {
        const id = idOf(message);
        const forget = sessionId === null || id === null ? undefined : inFlight.add(sessionId, id, cancelled);
        return running.run([end, signal], work).finally(() => forget?.());
      },
    });
    const response = await handler.fetch(own, { parsedBody: message });
    const opensSession = isLegacy && isJSONRPCRequest(message) && message.method === "initialize" && response.ok;
    if (opensSession) response.headers.set("mcp-session-id", sessionIds.issue(principal.id));
    return response;
  };

  const cancelNamedCall = (sessionId: string, message: JSONRPCMessage): void => {
    if (!isJSONRPCNotification(message) || message.method !== "notifications/cancelled") return;
    const requestId = message.params?.["requestId"];
    if (typeof requestId === "string" || typeof requestId === "number") inFlight.cancel(sessionId, requestId);
  };

  return {
    serve: (raw, response, message, principal) => {
      const fetch = (request: Request) => answer(request, message, principal, () => onForeignSession(raw));
      const answered = toNodeHandler({ fetch }, { onerror })(nodeRequest(raw), response, message);
      if (isJSONRPCRequest(message) && message.method === "tools/call") running.hold(answered);
      return answered;
    },
    close: () => handler.close(),
  };
}

const idOf = (message: JSONRPCMessage): RequestId | null => (isJSONRPCRequest(message) ? message.id : null);

/** The part of a Node request that the adapter reads; its body has been read already. */
const nodeRequest = (raw: IncomingMessage) => ({
  method: "POST",
  // Never the caller's: a whole URL is a valid request target too (RFC 9112 section 3.2.2).
  url: "/mcp/http",
  headers: raw.headers,
  [Symbol.asyncIterator]: () => raw[Symbol.asyncIterator](),
});

function traceHeaders(headers: Headers): Pick<Session, "traceparent" | "tracestate"> {
  const traceparent = headers.get("traceparent");
  const tracestate = headers.get("tracestate");
  return { ...(traceparent === null ? {} : { traceparent }), ...(tracestate === null ? {} : { tracestate }) };
}
