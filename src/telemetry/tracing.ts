// One trace per tool call, when OTEL_* variables ask for it: `tools/call` → `policy.evaluate`, `command.execute`. OpenTelemetry
// is loaded only then. Made by compose.ts, fed by the observer; no argv, no argument and no output ever enters a span.
import type { Command } from "../domain/command.ts";
import type { Evaluation } from "../domain/decision.ts";
import type { Outcome, StageOutcome, StepOutcome } from "../domain/outcome.ts";
import type { Clock } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import type { Logger } from "./logger.ts";
import { parseTraceparent } from "./traceparent.ts";

/** The spans of one call; facts go in after they happened. */
export interface CallTrace {
  readonly traceId: string | undefined;
  decided(evaluation: Evaluation): void;
  executed(command: Command, outcome: StageOutcome, ended: StepOutcome["ended"]): void;
  redacted(count: number): void;
  finished(outcome: Outcome): void;
  faulted(): void;
}

export interface Tracing {
  /** `toolLabel` is the tool's name, or `unknown` for names outside the catalog. */
  call(call: ToolCall, toolLabel: string): CallTrace;
  /** Sends what is still held; never rejects, and gives up after a few seconds. */
  shutdown(): Promise<void>;
}

export interface TracingOptions {
  /** True when an OTEL_* exporter variable asks for tracing (config decides). */
  readonly enabled: boolean;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Without tracing nothing is loaded and the caller's trace id is still known to logs and audit. */
export async function createTracing(options: TracingOptions): Promise<Tracing> {
  if (options.enabled) {
    const { startTracing } = await import("./otel.ts");
    return startTracing(options);
  }
  return {
    call: (call) => ({
      traceId: parseTraceparent(call.traceparent)?.traceId,
      decided: () => {},
      executed: () => {},
      redacted: () => {},
      finished: () => {},
      faulted: () => {},
    }),
    shutdown: () => Promise.resolve(),
  };
}
