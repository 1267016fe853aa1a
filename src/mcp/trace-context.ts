// The caller's W3C trace context: from the call's `_meta` (SEP-414) or, when it has none, from the HTTP header.
// Used by server.ts. Anything malformed is ignored: a trace is never a reason to refuse a call.
import type { ToolCall } from "../domain/tool-call.ts";

export type TraceContext = Pick<ToolCall, "traceparent" | "tracestate">;

/** The context to use; `_meta` wins, and tracestate always comes from where traceparent came from (W3C Trace Context). */
export function chooseTraceContext(
  meta: Readonly<Record<string, unknown>> | undefined,
  door: TraceContext,
): TraceContext {
  const own = valid(meta?.["traceparent"], meta?.["tracestate"]);
  return own.traceparent === undefined ? valid(door.traceparent, door.tracestate) : own;
}

const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Longest tracestate that is passed on, characters: what W3C asks everyone to carry at least. */
const maxTracestate = 512;

function valid(traceparent: unknown, tracestate: unknown): TraceContext {
  if (typeof traceparent !== "string" || !traceparentPattern.test(traceparent)) return {};
  const carries =
    typeof tracestate === "string" && tracestate.length <= maxTracestate && /^[\x20-\x7e\t]+$/.test(tracestate);
  return carries ? { traceparent, tracestate } : { traceparent };
}
