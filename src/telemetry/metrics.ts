// The Prometheus metrics of docs/metrics.md, in a registry of their own. Made by compose.ts, fed by the observer, served by
// transport/. Label values come from closed sets, never from a caller's words.
import { collectDefaultMetrics, Registry } from "prom-client";
import { createCallMetrics } from "./call-metrics.ts";
import { createCommandMetrics } from "./command-metrics.ts";
import { registerGauges, type GaugeSources } from "./gauges.ts";
import { createPolicyMetrics } from "./policy-metrics.ts";
import { createRecordMetrics } from "./record-metrics.ts";

export interface MetricsOptions extends GaugeSources {
  /** Names of the catalog: every other tool is counted as `unknown`. */
  readonly knownTools: ReadonlySet<string>;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Registers every metric; nothing is shared between two calls. */
export function createMetrics(options: MetricsOptions) {
  const registry = new Registry();
  registerNodeMetrics(registry);
  registerGauges(registry, options);
  const toolLabel = (tool: string): string => (options.knownTools.has(tool) ? tool : "unknown");
  return {
    /** The exposition in Prometheus' text format. */
    exposition: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    /** One line per metric, `name type labels`: docs/metrics.md is held to it by a test. */
    describe: (): readonly string[] => registry.getMetricsAsArray().map(describeMetric),
    toolLabel,
    ...createCallMetrics(registry),
    ...createPolicyMetrics(registry),
    ...createCommandMetrics(registry),
    ...createRecordMetrics(registry),
  };
}

/** Gauges named `_total` that `promtool check metrics` refuses; the same numbers are in the series by type. */
const misnamed = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

function registerNodeMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
}

/** prom-client's types do not say that a metric knows its label names. */
function describeMetric(metric: { readonly name: string; readonly type: unknown }): string {
  const labels = "labelNames" in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
  return [metric.name, String(metric.type), ...labels].join(" ");
}
