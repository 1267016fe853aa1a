// The answer to what never becomes a call: one row of the closed table in errors.ts as a status and a JSON body.
// Used by every door; it says nothing that the caller did not know, its own request id apart.
import { httpErrors, type HttpErrorCode } from "../errors.ts";

export type MessageId = string | number | null;

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text: a JSON-RPC error where the table has a number, otherwise `{ error, message }`. */
  readonly body: string;
}

/** The HTTP form of a row. */
export function toRefusal(
  code: HttpErrorCode,
  id: MessageId = null,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  const { status, message } = httpErrors[code];
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(httpErrors[code].rpc === null ? { error: code, message } : toRpcError(code, id)),
  };
}

/** The JSON-RPC form of a row, for an open WebSocket and for HTTP bodies. */
export function toRpcError(code: HttpErrorCode, id: MessageId) {
  const { rpc, message } = httpErrors[code];
  return { jsonrpc: "2.0" as const, id, error: { code: rpc ?? -32000, message } };
}
