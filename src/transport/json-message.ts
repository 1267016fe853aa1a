// Bytes → one JSON-RPC message, for every door. Arguments inside the message are handed on exactly as parsed.
// Bounded: the caller has checked the size, this room checks the depth; it never throws for what came in.
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
} from "@modelcontextprotocol/server";
import type { HttpErrorCode } from "../errors.ts";
import type { MessageId } from "./refusal.ts";

export type ReadMessage =
  | { readonly ok: true; readonly message: JSONRPCMessage }
  | { readonly ok: false; readonly code: HttpErrorCode; readonly id: MessageId };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Deepest nesting that is accepted: no tool needs 8, and what records or judges a message may recurse over it. */
const maxDepth = 64;

/** Parses one message: `parse_error`, `batch_refused` or `invalid_request` when it is none (JSON-RPC 2.0; MCP has no batches). */
export function readMessage(bytes: Uint8Array): ReadMessage {
  let raw: unknown;
  try {
    raw = JSON.parse(utf8.decode(bytes));
  } catch {
    return { ok: false, code: "parse_error", id: null };
  }
  if (Array.isArray(raw)) return { ok: false, code: "batch_refused", id: null };
  if (isDeeperThan(raw, maxDepth) || !isMessage(raw)) return { ok: false, code: "invalid_request", id: idOf(raw) };
  return { ok: true, message: raw };
}

const isMessage = (raw: unknown): raw is JSONRPCMessage =>
  isJSONRPCRequest(raw) || isJSONRPCNotification(raw) || isJSONRPCResultResponse(raw) || isJSONRPCErrorResponse(raw);

/** Breadth first and without recursion: a megabyte of `[` must not end the process. */
function isDeeperThan(raw: unknown, limit: number): boolean {
  let level: readonly unknown[] = [raw];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return false;
}

/** The id to answer to: a request's own when it can be read, null otherwise (JSON-RPC 2.0 section 5). */
function idOf(raw: unknown): MessageId {
  if (typeof raw !== "object" || raw === null || !("id" in raw)) return null;
  return typeof raw.id === "string" || typeof raw.id === "number" ? raw.id : null;
}
