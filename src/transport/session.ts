// What the doors hand to the protocol room for one connection or one request: who calls, and how long the call may live.
// mcp/ names the same shape for itself; neither room imports the other.
import type { Server } from "@modelcontextprotocol/server";
import type { Outcome } from "../domain/outcome.ts";
import type { ToolCall } from "../domain/tool-call.ts";

export interface Session extends Pick<ToolCall, "principal" | "transport" | "traceparent" | "tracestate"> {
  /** The door can tell the client that the list of tools is another. */
  readonly tellsChanges?: boolean;
  readonly run: (signal: AbortSignal, work: (signal: AbortSignal) => Promise<Outcome>) => Promise<Outcome>;
}

/** Makes a fresh protocol server for one session. */
export type McpFactory = (session: Session) => Server;

/** What the doors write to the log: never a key, a body or a header. */
export interface DoorLog {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
