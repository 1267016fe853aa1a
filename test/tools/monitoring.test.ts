// The monitoring tools: typed arguments → one curl argv each, to the configured servers and nowhere else.
import { describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import { findTool } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";

const endpoints = { prometheus: "http://prom:9090/base/", alertmanager: "http://am:9093" };

function read(name: string, raw: unknown, site: object = endpoints) {
  const tool = findTool(name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return readArguments(tool, raw, site);
}

function argvOf(name: string, raw: unknown): readonly string[] {
  const result = read(name, raw);
  if (!result.ok) throw new Error(result.message);
  const [step] = result.draft.steps;
  return step !== undefined && "argv" in step ? step.argv : [];
}

const get = ["curl", "--fail-with-body", "--get"];
const data = (...pairs: readonly string[]) => pairs.flatMap((pair) => ["--data-urlencode", pair]);

describe("the monitoring tools", () => {
  const promql = 'sum by (pod) (rate(x{job=~"a|b"}[5m])) > 0 and up == 1 @ end()';
  it.each([
    ["prometheus_query", { promql }, data(`query=${promql}`), "http://prom:9090/base/api/v1/query"],
    [
      "prometheus_query",
      { promql: "@/etc/passwd", time: "1767268800.5" },
      data("query=@/etc/passwd", "time=1767268800.5"),
      "http://prom:9090/base/api/v1/query",
    ],
    [
      "prometheus_query_range",
      { promql: "up", start: "2026-01-31T12:00:00Z", end: "2026-01-31T13:00:00+01:00", step: "1m" },
      data("query=up", "start=2026-01-31T12:00:00Z", "end=2026-01-31T13:00:00+01:00", "step=1m"),
      "http://prom:9090/base/api/v1/query_range",
    ],
    ["alertmanager_alerts", {}, [], "http://am:9093/api/v2/alerts"],
    [
      "alertmanager_alerts",
      { filter: 'severity=~"a|b"' },
      data('filter=severity=~"a|b"'),
      "http://am:9093/api/v2/alerts",
    ],
  ])("%s %j asks the configured server", (name, raw, pairs, url) => {
    const argv = argvOf(name, raw);
    expect(argv).toEqual([...get, ...pairs, url]);
    const read = understand(
      { action: "command", steps: [{ argv }] },
      { fluxNamespace: "flux-system", defaultNamespace: "default", kinds: [] },
    );
    expect(read).toMatchObject({
      ok: true,
      plan: { steps: [{ stages: [{ effect: "read", urls: [{ method: "GET" }] }] }] },
    });
  });

  it.each([
    ["prometheus_query", { promql: "up" }, "PROMETHEUS_URL"],
    ["prometheus_query_range", { promql: "up", start: "0", end: "9", step: "1s" }, "PROMETHEUS_URL"],
    ["alertmanager_alerts", {}, "ALERTMANAGER_URL"],
  ])("%s says which variable is missing", (name, raw, variable) => {
    const result = read(name, raw, {});
    expect(result).toMatchObject({ ok: false, unready: true });
    expect(result).toHaveProperty("message", expect.stringContaining(variable));
    expect(result).toHaveProperty("try", expect.stringContaining(variable));
  });

  it.each([
    ["prometheus_query", {}],
    ["prometheus_query", { promql: "" }],
    ["prometheus_query", { promql: "up\nup" }],
    ["prometheus_query", { promql: "up", time: "now" }],
    ["prometheus_query", { promql: "up", time: "-1" }],
    ["prometheus_query", { promql: ["up"] }],
    ["prometheus_query", { promql: "up", url: "http://evil" }],
    ["prometheus_query_range", { promql: "up", start: "0", end: "9" }],
    ["prometheus_query_range", { promql: "up", start: "0", end: "9", step: "0" }],
    ["prometheus_query_range", { promql: "up", start: "0", end: "9", step: "1y&x=1" }],
    ["alertmanager_alerts", { filter: "@/etc/passwd" }],
    ["alertmanager_alerts", { filter: "severity" }],
  ])("%s refuses %j", (name, raw) => {
    const result = read(name, raw);
    expect(result.ok).toBe(false);
    expect(result).not.toHaveProperty("unready");
  });
});
