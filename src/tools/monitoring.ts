// The monitoring toolset: questions to the site's Prometheus and Alertmanager. Each is a curl argv that the grammar reads and
// policy judges like any other; the servers' URLs come from the configuration, never from a caller.
import * as z from "zod";
import type { Draft, Endpoints } from "../domain/command.ts";
import { defineTool, readHints, type Unready } from "./tool.ts";

/** GET of `path` below a server's URL, with data in the URL; --fail-with-body makes a refusal of the server a failure. */
function question(
  server: keyof Endpoints,
  endpoints: Endpoints,
  path: string,
  data: Readonly<Record<string, string | undefined>>,
): Draft | Unready {
  const base = endpoints[server];
  if (base === undefined) return notConfigured[server];
  const given = Object.entries(data).flatMap(([name, value]) =>
    value === undefined ? [] : ["--data-urlencode", `${name}=${value}`],
  );
  const url = `${base.replace(/\/+$/, "")}${path}`;
  return { action: "command", steps: [{ argv: ["curl", "--fail-with-body", "--get", ...given, url] }] };
}

const unset = (variable: string, what: string): Unready => ({
  unready: `${what} is not configured: ${variable} is not set on the server.`,
  try: `ask an operator to set ${variable}`,
});
const notConfigured = {
  prometheus: unset("PROMETHEUS_URL", "Prometheus"),
  alertmanager: unset("ALERTMANAGER_URL", "Alertmanager"),
} as const;

const hints = { ...readHints, openWorldHint: true };

const promql = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must be one line")
  .describe("PromQL, e.g. sum by (pod) (rate(container_cpu_usage_seconds_total[5m]))");

const instant = z
  .string()
  .regex(
    /^([0-9]{1,11}(\.[0-9]{1,3})?|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))$/,
    "must be 2026-01-31T12:00:00Z or seconds since 1970",
  );

export const prometheusQuery = defineTool({
  name: "prometheus_query",
  toolset: "monitoring",
  title: "Ask Prometheus for values now",
  description: "Evaluates PromQL at one time and returns Prometheus' JSON. Aggregate: long answers are cut.",
  annotations: hints,
  schema: z.strictObject({
    promql,
    time: instant.optional().describe("RFC 3339 or Unix seconds; default now"),
  }),
  draft: (input, endpoints) =>
    question("prometheus", endpoints, "/api/v1/query", { query: input.promql, time: input.time }),
});

export const prometheusQueryRange = defineTool({
  name: "prometheus_query_range",
  toolset: "monitoring",
  title: "Ask Prometheus for values over time",
  description: "Evaluates PromQL over a range of time. Choose a step that gives a few dozen points.",
  annotations: hints,
  schema: z.strictObject({
    promql: promql.describe("As in prometheus_query"),
    start: instant.describe("RFC 3339 or Unix seconds"),
    end: instant,
    step: z
      .string()
      .regex(/^[1-9][0-9]{0,6}(ms|s|m|h|d)?$/, "must be a duration such as 30s or 5m")
      .describe("Distance of the points, e.g. 1m"),
  }),
  draft: (input, endpoints) =>
    question("prometheus", endpoints, "/api/v1/query_range", {
      query: input.promql,
      start: input.start,
      end: input.end,
      step: input.step,
    }),
});

export const alertmanagerAlerts = defineTool({
  name: "alertmanager_alerts",
  toolset: "monitoring",
  title: "List alerts",
  description: "Lists the alerts that Alertmanager holds as JSON.",
  annotations: hints,
  schema: z.strictObject({
    filter: z
      .string()
      .min(1)
      .max(1024)
      .regex(
        /^[A-Za-z_][A-Za-z0-9_]* ?(=|!=|=~|!~) ?[^\p{Cc}\p{Cs}]*$/u,
        'must be one matcher such as severity="critical"',
      )
      .optional()
      .describe('One matcher, e.g. alertname="KubePodCrashLooping" or namespace=~"shop|web"'),
  }),
  draft: (input, endpoints) => question("alertmanager", endpoints, "/api/v2/alerts", { filter: input.filter }),
});
