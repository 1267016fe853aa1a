// OpenTelemetry itself, traces only, configured by its own OTEL_* variables. Imported by tracing.ts when it is asked for
// and never otherwise: the SDK costs some 20 MB and 300 ms at start.
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, createTraceState, diag, DiagLogLevel, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";
import type { ToolCall } from "../domain/tool-call.ts";
import { openCallTrace } from "./call-trace.ts";
import { parseTraceparent } from "./traceparent.ts";
import type { Tracing, TracingOptions } from "./tracing.ts";

/** How long a collector that does not answer may hold up the end, milliseconds. */
const flushMs = 5000;

/** Starts the SDK for this process; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over our own name. */
export function startTracing({ version, clock, logger }: TracingOptions): Tracing {
  const sdk = new NodeSDK({
    resource: defaultResource().merge(resourceFromAttributes({ "service.name": "ai-sre", "service.version": version })),
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  // The SDK's own messages go to the log: its console logger would write between the audit records on standard output.
  const say = (level: "error" | "warn") => (message: string) => logger[level]({ component: "opentelemetry" }, message);
  const quiet = (): void => {};
  const diagLogger = { error: say("error"), warn: say("warn"), info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(diagLogger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  sdk.start();
  const tracer = trace.getTracer("ai-sre", version);
  return {
    call: (call, toolLabel) => openCallTrace({ tracer, parent: parentOf(call), clock, call, toolLabel }),
    shutdown: async () => {
      const flushed = sdk.shutdown().catch((error: unknown) => logger.warn({ err: error }, "spans could not be sent"));
      const abort = new AbortController();
      await Promise.race([flushed, sleep(flushMs, undefined, { signal: abort.signal, ref: false }).catch(quiet)]);
      abort.abort();
    },
  };
}

/** The caller's span as parent; a root when it sent none that holds. */
function parentOf({ traceparent, tracestate }: ToolCall): Context {
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) return ROOT_CONTEXT;
  const state = tracestate === undefined ? {} : { traceState: createTraceState(tracestate) };
  return trace.setSpanContext(ROOT_CONTEXT, { ...parent, ...state, isRemote: true });
}
