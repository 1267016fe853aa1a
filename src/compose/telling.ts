// What the server tells of itself while it runs: log, spans, metrics, and the observer through which the gate reports. Made by
// compose.ts, first of all; what metrics ask of rooms that are made later is asked when they are read.
import type { Config } from "../config/config.ts";
import type { Observer, Slots } from "../domain/ports.ts";
import { redact } from "../redaction/redact.ts";
import { createLogger, type Logger } from "../telemetry/logger.ts";
import { createMetrics, type Metrics, type MetricsOptions } from "../telemetry/metrics.ts";
import { createObserver } from "../telemetry/observer.ts";
import { createTracing } from "../telemetry/tracing.ts";
import { catalog } from "../tools/catalog.ts";
import { version } from "../version.ts";
import { systemClock as clock } from "./clock.ts";
import type { ComposedExecution } from "./execution.ts";
import { remembering } from "./remembering.ts";
import { sandboxWarning, unboxedBinaries } from "./sandbox.ts";

export interface Voice {
  readonly logger: Logger;
  readonly tracing: Awaited<ReturnType<typeof createTracing>>;
  /** For logs and the audit. */
  readonly redactText: (text: string) => string;
}

export interface Telling extends Voice {
  readonly metrics: Metrics;
  readonly observer: Observer;
}

export async function composeVoice({
  logLevel,
  tracing: enabled,
}: Pick<Config, "logLevel" | "tracing">): Promise<Voice> {
  const redactText = remembering((text) => redact(text, ["credentials", "kubernetes"]).text);
  const logger = createLogger({ level: logLevel, version, redact: redactText });
  const tracing = await createTracing({ enabled, version, clock, logger });
  return { logger, tracing, redactText };
}

export function composeTelling(
  voice: Voice,
  { sandbox }: Pick<ComposedExecution, "sandbox">,
  slots: Slots,
  later: Pick<MetricsOptions, "mode" | "policyRevision" | "policyKeyId" | "policyRefused" | "auditSequence">,
): Telling {
  const { tracing, logger } = voice;
  const metrics = createMetrics({
    version,
    sandbox,
    knownTools: new Set(catalog.map(({ name }) => name)),
    running: () => slots.running,
    waiting: () => slots.waiting,
    ...later,
  });
  return { ...voice, metrics, observer: createObserver({ metrics, tracing, logger }) };
}

/** Said at every start: a server whose walls are not whole should not look like one whose are. */
export function warnOfSandbox(logger: Pick<Logger, "warn">, { sandbox, binaries }: ComposedExecution): void {
  const warning = sandboxWarning(sandbox, binaries);
  if (warning !== undefined) logger.warn({ sandbox, unboxed: unboxedBinaries(sandbox, binaries) }, warning);
}
