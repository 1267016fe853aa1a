// The spans of one tool call, by the semantic conventions for MCP, GenAI tools and processes. Imported by otel.ts only.
import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { Outcome } from "../domain/outcome.ts";
import type { Clock } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { type OutcomeKind } from "../errors.ts";
import type { CallTrace } from "./tracing.ts";

interface CallTraceOptions {
  readonly tracer: Tracer;
  readonly parent: Context;
  readonly clock: Clock;
  readonly call: ToolCall;
  readonly toolLabel: string;
}

/** Opens the server span; every time is the clock's, because facts arrive after they happened. */
export function openCallTrace({ tracer, parent, clock, call, toolLabel }: CallTraceOptions): CallTrace {
  const startTime = clock.now();
  const startedAt = clock.monotonic();
  const server = tracer.startSpan(
    `tools/call ${toolLabel}`,
    { kind: SpanKind.SERVER, startTime, attributes: callAttributes(call, toolLabel) },
    parent,
  );
  const within = trace.setSpan(parent, server);
  let redactions = 0;

  const child = (name: string, startTime: number, durationMs: number, attributes: Attributes): Span => {
    const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime, attributes }, within);
    spanEnds.set(span, startTime + durationMs);
    return span;
  };
  const spanEnds = new WeakMap<Span, number>();
  const close = (span: Span, isError: boolean): void => {
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(spanEnds.get(span));
  };

  return {
    traceId: server.spanContext().traceId,
    decided: ({ decision, fault, startedAtMs, durationMs }) => {
      const rules = decision.effect === "allow" ? decision.rules : decision.reasons.map(({ rule }) => rule);
      const span = child("policy.evaluate", startedAtMs, durationMs, {
        "aisre.policy.effect": decision.effect,
        "aisre.policy.rules": [...rules],
        ...(fault === undefined ? {} : { "error.type": fault }),
      });
      close(span, fault !== undefined);
    },
    executed: (command, outcome, ended) => {
      const { exitCode, signal, startedAtMs, durationMs, truncated, answered } = outcome;
      const span = child(`command.execute ${command.binary}`, startedAtMs, durationMs, {
        "process.executable.name": command.binary,
        "aisre.command.verb": command.verb.join(" "),
        "aisre.command.effect": command.effect,
        "aisre.command.ended": ended,
        "aisre.output.truncated": truncated,
        ...(exitCode === undefined ? {} : { "process.exit.code": exitCode }),
        ...(signal === undefined ? {} : { "aisre.process.signal": signal }),
        ...(answered ? {} : { "error.type": ended === "exited" ? (signal ?? "exit_code") : ended }),
      });
      close(span, !answered);
    },
    redacted: (count) => {
      redactions += count;
    },
    finished: (outcome) => {
      server.setAttributes(outcomeAttributes(outcome, redactions));
      if (isServerError(outcome.outcome)) server.setStatus({ code: SpanStatusCode.ERROR });
      server.end(startTime + (clock.monotonic() - startedAt));
    },
    faulted: () => {
      server.setAttribute("error.type", "fault");
      server.setStatus({ code: SpanStatusCode.ERROR });
      server.end(startTime + (clock.monotonic() - startedAt));
    },
  };
}

const callAttributes = (call: ToolCall, toolLabel: string): Attributes => ({
  "mcp.method.name": "tools/call",
  "gen_ai.operation.name": "execute_tool",
  "gen_ai.tool.name": toolLabel,
  "enduser.id": call.principal.id,
  "aisre.call_id": call.callId,
  "aisre.transport": call.transport,
});

const outcomeAttributes = ({ outcome, code, decision }: Outcome, redactions: number): Attributes => ({
  "aisre.outcome": outcome,
  "aisre.code": code,
  "aisre.policy.revision": decision.policyRevision,
  "aisre.redactions": redactions,
  ...(outcome === "succeeded" ? {} : { "error.type": code }),
});

/** A denial or a wrong argument is an answer; only what should have worked and did not is an error of the span. */
function isServerError(outcome: OutcomeKind): boolean {
  switch (outcome) {
    case "failed":
    case "timed_out":
    case "busy":
    case "unavailable":
      return true;
    case "succeeded":
    case "denied":
    case "approval_required":
    case "invalid":
    case "cancelled":
      return false;
  }
}
