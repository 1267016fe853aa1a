// Hears every rung's edge and turns it into metrics, spans and log lines. Made by compose.ts, called by the gate, the doors
// and the audit through the Observer port; never throws into a call.
import type { CallObserver, Observer } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import type { CallTrace, Tracing } from "./tracing.ts";

export interface ObserverOptions {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

export function createObserver({ metrics, tracing, logger }: ObserverOptions): Observer {
  const safely = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      logger.error({ err: error }, "telemetry failed");
    }
  };
  return {
    call: (call, knownTool) => {
      const tool = knownTool ? metrics.toolLabel(call.tool) : "unknown";
      return observeCall({ call, tool, metrics, logger, safely, trace: openTrace(tracing, call, tool, logger) });
    },
    policyFault: (kind) =>
      safely(() => {
        metrics.policyFault(kind);
        logger.error({ kind }, "policy could not answer");
      }),
    auditRecord: (kind) => safely(() => metrics.auditRecord(kind)),
    auditFailure: () =>
      safely(() => {
        metrics.auditFailure();
        logger.error("an audit record could not be made durable");
      }),
    authFailure: (reason) =>
      safely(() => {
        metrics.authFailure(reason);
        logger.warn({ reason }, "a request was refused at the door");
      }),
    brokerRefusal: ({ target, callId, message, foreseen }) =>
      safely(() => {
        if (foreseen === true) return logger.debug({ call_id: callId, target, reason: message }, "not read besides");
        metrics.brokerRefusal(target);
        logger.warn({ call_id: callId, target, reason: message }, "the broker refused a request");
      }),
  };
}

/** A trace that cannot be opened is none; the call goes on. */
function openTrace(tracing: Tracing, call: ToolCall, tool: string, logger: Logger): CallTrace | undefined {
  try {
    return tracing.call(call, tool);
  } catch (error) {
    logger.error({ err: error }, "telemetry failed");
    return undefined;
  }
}

interface CallParts {
  readonly call: ToolCall;
  readonly tool: string;
  readonly trace: CallTrace | undefined;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly safely: (work: () => void) => void;
}

function observeCall({ call, tool, trace, metrics, logger, safely }: CallParts): CallObserver {
  return {
    traceId: trace?.traceId,
    decided: ({ evaluation, decision }) =>
      safely(() => {
        metrics.decided(tool, decision, evaluation.durationMs);
        trace?.decided(evaluation);
      }),
    executed: ({ command, outcome, ended }) =>
      safely(() => {
        metrics.executed(command, outcome, ended);
        trace?.executed(command, outcome, ended);
      }),
    redacted: (kinds) =>
      safely(() => {
        metrics.redacted(kinds);
        trace?.redacted(Object.values(kinds).reduce((sum, count) => sum + count, 0));
      }),
    cache: (result) => safely(() => metrics.cacheAsked(result)),
    approval: (state) => safely(() => metrics.approval(state)),
    finished: (outcome) =>
      safely(() => {
        metrics.callEnded(tool, outcome.outcome, outcome.durationMs);
        if (outcome.code === "rate_limited") metrics.rateLimited();
        trace?.finished(outcome);
        logger.info(lineOf(call, tool, trace?.traceId, outcome), "call ended");
      }),
    faulted: () =>
      safely(() => {
        metrics.callFaulted(tool);
        trace?.faulted();
      }),
  };
}

/** What the log says of a call: who, what kind, how it ended; never its arguments or its output. */
const lineOf = (call: ToolCall, tool: string, traceId: string | undefined, outcome: Outcome) => ({
  call_id: call.callId,
  trace_id: traceId,
  principal: call.principal.id,
  transport: call.transport,
  tool,
  outcome: outcome.outcome,
  code: outcome.code,
  duration_ms: outcome.durationMs,
  ...(outcome.decision.effect === "deny" ? { rules: outcome.reasons?.map(({ rule }) => rule) } : {}),
});
