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
  const read = readJson(bytes);
  if (!read.ok) return { id: null, ...read };
  const { value } = read;
  if (Array.isArray(value)) return { ok: false, code: "batch_refused", id: null };
  if (!isMessage(value)) return { ok: false, code: "invalid_request", id: idOf(value) };
  return { ok: true, message: value };
}

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: "parse_error" | "invalid_request"; readonly id?: MessageId };

/** Any JSON of bearable depth: `parse_error` or `invalid_request` when it is none. */
export function readJson(bytes: Uint8Array): ReadJson {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return { ok: false, code: "parse_error" };
  }
  return isDeeperThan(value, maxDepth) ? { ok: false, code: "invalid_request", id: idOf(value) } : { ok: true, value };
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
