// One tool call as it arrived: the arguments are still raw. Made by mcp/, consumed by the gate.
import type { Principal } from "./principal.ts";

export type TransportName = "http" | "websocket" | "stdio" | "cli";

export interface ToolCall {
  /** Unique per call, made by the server; stands in the answer, the audit, the log and the span. */
  readonly callId: string;
  readonly tool: string;
  /** As parsed from JSON, not yet validated. */
  readonly arguments: unknown;
  readonly principal: Principal;
  readonly transport: TransportName;
  /** W3C trace context of the caller (header or `_meta`), when it sent one. */
  readonly traceparent?: string;
  readonly tracestate?: string;
}
