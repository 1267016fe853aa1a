// The whole way with the real curl, Debian's Prometheus and Alertmanager: what the tools answer, and what stays shut.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { hasMonitoring, type Monitoring, startMonitoring } from "../helpers/monitoring.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

describe.skipIf(!hasMonitoring)("curl behind the gate", () => {
  let monitoring: Monitoring;
  let server: ServerProcess;
  let client: AnyClient;
  beforeAll(async () => {
    monitoring = await startMonitoring();
    const { prometheusUrl, alertmanagerUrl } = monitoring;
    server = await startServer({ PROMETHEUS_URL: prometheusUrl, ALERTMANAGER_URL: alertmanagerUrl });
    client = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(server);
    const alert = { labels: { alertname: "PodCrashLooping", severity: "critical" } };
    await fetch(`${alertmanagerUrl}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([alert, { labels: { alertname: "Watchdog", severity: "none" } }]),
    });
  });
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await monitoring?.stop();
  });
  const call = async (tool: string, own: Record<string, unknown>): Promise<Answer> =>
    readAnswer((await client.call(tool, own)).structuredContent);
  const line = (command: string): Promise<Answer> => call("cli_tool", { command });

  it("asks Prometheus for values now", async () => {
    const answer = await call("prometheus_query", { promql: 'sum by (job) (up{job=~"se.f"}) > 0 and up == 1' });
    expect(answer, JSON.stringify(answer)).toMatchObject({ outcome: "succeeded", code: "ok" });
    expect(JSON.parse(answer.stdout ?? "")).toMatchObject({ status: "success", data: { resultType: "vector" } });
    expect(await call("prometheus_query", { promql: "vector(1)", time: "2026-01-31T12:00:00Z" })).toMatchObject({
      stdout: expect.stringContaining('"value":[1769860800,"1"]'),
    });
  });

  it("and over time", async () => {
    const range = { start: "2026-01-31T12:00:00Z", end: "1769860860", step: "30s" };
    const answer = await call("prometheus_query_range", { promql: "vector(2)", ...range });
    expect(answer.stdout).toContain('"values":[[1769860800,"2"],[1769860830,"2"],[1769860860,"2"]]');
  });

  it("tells what Prometheus finds wrong with a question", async () => {
    const answer = await call("prometheus_query", { promql: "sum by (" });
    expect(answer).toMatchObject({ outcome: "failed", code: "exited", stdout: expect.stringContaining("parse error") });
    expect(answer.steps[0]?.stages[0]).toMatchObject({ exit_code: 22 });
  });

  it("lists alerts, all or some", async () => {
    expect((await call("alertmanager_alerts", {})).stdout).toMatch(/Watchdog/);
    const some = await call("alertmanager_alerts", { filter: 'severity=~"crit.*"' });
    expect(some.stdout).toMatch(/PodCrashLooping/);
    expect(some.stdout).not.toMatch(/Watchdog/);
    expect(await call("alertmanager_alerts", { filter: 'a="' })).toMatchObject({ outcome: "failed" });
  });

  it("lets command lines ask below the configured places", async () => {
    const { prometheusUrl, alertmanagerUrl } = monitoring;
    expect((await line(`curl -s '${prometheusUrl}/api/v1/query?query=up' | grep -c success`)).stdout).toBe("1\n");
    expect((await line(`curl -sI ${alertmanagerUrl}/-/ready`)).stdout).toMatch(/^HTTP\/1.1 200 OK/);
    const report = await line(`curl -so /dev/null -w '%{http_code} %{num_redirects}\\n' ${prometheusUrl}/-/healthy`);
    expect(report.stdout).toBe("200 0\n");
    expect((await line("curl --version")).stdout).toMatch(/^curl \d/);
  });

  it("and nothing else", async () => {
    const { prometheusUrl, alertmanagerUrl } = monitoring;
    for (const [command, rule] of [
      [`curl -s ${prometheusUrl}/../metrics`, "curl/host"],
      [`curl -s ${prometheusUrl}etheus`, "curl/host"],
      [`curl -X POST ${prometheusUrl}/-/quit`, "curl/method"],
      [`curl -X DELETE ${alertmanagerUrl}/api/v2/silence/x`, "curl/method"],
      [`curl -s ${server.base}/metrics`, "curl/host"],
      ["curl -s http://localhost:9090/", "curl/host"],
    ]) {
      expect(await line(command ?? ""), command).toMatchObject({ outcome: "denied", decision: { rules: [rule] } });
    }
  });
});
