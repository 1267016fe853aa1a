// From a denied call to the webhook: the real server before the simulated cluster, the real Prometheus with our rules, the real
// Alertmanager with our routes. The webhook stands for n8n's, and the test asks what Uptime Kuma would. Rules keep their expressions; only how long they wait is shortened.
import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { mcpHeaders } from "../helpers/door.ts";
import { kumaBackup } from "../helpers/kuma.ts";
import { hasMonitoring, type Monitoring, startMonitoring, until } from "../helpers/monitoring.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";
import { startStandIn } from "../helpers/stand-in.ts";
import { missing as noSandbox } from "../sandbox/setup.ts";

const folder = path.resolve(import.meta.dirname, "../../monitoring");
const text = (name: string): string => readFileSync(path.join(folder, name), "utf8");
/** A rule has to see the second scrape, and Alertmanager its group. */
const patienceMs = 60_000;
const webhookKey = "webhook-key-0123456789";

const secretsPlease = { command: "kubectl get secrets" };

const notification = z.object({
  receiver: z.string(),
  status: z.string(),
  alerts: z.array(
    z.object({
      status: z.string(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
  ),
});

interface Heard extends z.output<typeof notification> {
  readonly path: string;
  readonly authorization: string | undefined;
}

/** What n8n's webhooks would be. */
async function openWebhook() {
  const heard: Heard[] = [];
  const { url, stop } = await startStandIn(({ path: place, headers, body }) => {
    heard.push({ ...notification.parse(JSON.parse(body)), path: place, authorization: headers.authorization });
    return { status: 200, json: {} };
  });
  return { heard, url, stop };
}

describe.skipIf(!hasMonitoring)("Prometheus and Alertmanager", { timeout: 120_000 }, () => {
  let server: ServerProcess;
  let cluster: SimulatedCluster;
  let monitoring: Monitoring;
  let webhook: Awaited<ReturnType<typeof openWebhook>>;
  beforeAll(async () => {
    webhook = await openWebhook();
    cluster = await startSimulatedCluster();
    server = await startServer({ KUBECONFIG: cluster.kubeconfig });
    const soon = (rules: string): string =>
      rules.replaceAll(/\bfor: \d+[mh]/g, "for: 5s").replaceAll("interval: 30s", "interval: 1s");
    monitoring = await startMonitoring({
      prometheus: (alertmanagerPort) =>
        text("prometheus.yml")
          .replace("scrape_interval: 15s, evaluation_interval: 15s", "scrape_interval: 1s, evaluation_interval: 1s")
          .replace("alertmanager:9093", `127.0.0.1:${alertmanagerPort}`)
          .replace("ai-sre:8080", new URL(server.base).host),
      alertmanager: text("alertmanager.yml")
        .replaceAll("http://n8n:5678", webhook.url)
        .replaceAll("/etc/alertmanager/n8n-webhook-key", "webhook-key")
        .replace("group_wait: 10s", "group_wait: 1s")
        .replace("group_interval: 2m", "group_interval: 1s"),
      others: {
        "alerts.yaml": soon(text("alerts.yaml")),
        "slo.yaml": soon(text("slo.yaml")),
        "webhook-key": webhookKey,
      },
    });
  }, 120_000);
  afterAll(async () => {
    await monitoring?.stop();
    await server?.close().catch(() => undefined);
    await cluster?.stop();
    await webhook?.stop();
  });

  const ask = async (query: string): Promise<number | undefined> => {
    const answer = await fetch(`${monitoring.prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = z
      .object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) })
      .parse(await answer.json());
    const value = data.result[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  };
  /** Rules that wait no longer speak of other things too: of a first scrape that comes late, of a server that is not bundled. */
  const toldN8n = (): readonly Heard[] =>
    webhook.heard.filter(
      ({ receiver, alerts }) =>
        receiver === "n8n" && alerts.some(({ labels }) => labels["alertname"] === "AiSreDenials"),
    );
  const call = (name: string, given: Readonly<Record<string, unknown>>, key = server.key): Promise<Response> =>
    fetch(server.url, {
      method: "POST",
      headers: mcpHeaders(key),
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: given } }),
    });
  const denied = (): Promise<Response> => call("cli_tool", secretsPlease);

  it("tell n8n of an agent that is denied again and again, and of nothing before", async () => {
    await denied();
    await until(
      async () => (await ask('aisre_policy_decisions_total{rule="kubectl/no-secrets"}')) === 1,
      "the first denial is scraped",
      patienceMs,
    );
    expect(toldN8n()).toEqual([]);
    await Promise.all(Array.from({ length: 60 }, denied));
    await until(() => toldN8n().length > 0, "the webhook is told", patienceMs);
    expect(toldN8n()[0]).toMatchObject({
      path: "/webhook/ai-sre-alert",
      authorization: `Bearer ${webhookKey}`,
      receiver: "n8n",
      status: "firing",
      alerts: [{ labels: { alertname: "AiSreDenials", rule: "kubectl/no-secrets", severity: "warning" } }],
    });
  });

  it("are asked beside them by Uptime Kuma, which finds the server well", async () => {
    for (const { url, accepted_statuscodes: accepted, ...monitor } of kumaBackup().monitorList) {
      const answer = await fetch(new URL(new URL(url).pathname, server.base));
      expect(accepted).toContain(`${answer.status}`);
      expect(await answer.text()).toContain(monitor.type === "keyword" ? monitor.keyword : "");
    }
  });

  it("record the four figures, and give the dashboard's panels something to show", async () => {
    await until(async () => (await ask("aisre:calls:success_ratio_30m")) === 1, "denials count as answers", patienceMs);
    expect(await ask("aisre:availability:ratio_30d")).toBe(1);
    expect(await ask("aisre:call_duration_seconds:p95_5m")).toBeLessThan(60);
    expect(await ask("aisre:resident_memory_bytes:max")).toBeGreaterThan(1e6);
    const answers = await Promise.all([
      call("kubectl_get", { resource: "pods" }),
      call("cli_tool", { command: "sort", stdin: `password=${randomBytes(12).toString("hex")}\n` }),
      // More than is kept of what one process prints, four times what an answer may hold.
      call("cli_tool", { command: `sed s/a/${"b".repeat(200)}/`, stdin: "a\n".repeat(8000) }),
      call("kubectl_scale", { resource: "deploy", name: "web", replicas: 3 }),
      call("health_check", {}, "a-key-that-is-nobodys"),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 401]);
    const panels = z
      .object({
        panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() })),
      })
      .parse(JSON.parse(text("dashboard.json")))
      .panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }) => ({ title, expr: expr.replaceAll("$__rate_interval", "30s") })),
      );
    // Only the sandbox counts a command's CPU.
    const mayBeEmpty = noSandbox === undefined ? [] : ["CPU"];
    const emptyPanels = async (): Promise<readonly string[]> => {
      const asked = panels.map(async ({ title, expr }) => ((await ask(expr)) === undefined ? [title] : []));
      return (await Promise.all(asked)).flat().filter((title) => !mayBeEmpty.includes(title));
    };
    await until(async () => (await emptyPanels()).length === 0, "no panel is empty", 15_000).catch(() => undefined);
    expect(await emptyPanels()).toEqual([]);
    // A line of zeros shows something too: these did happen.
    for (const counted of [
      'aisre_commands_total{binary="kubectl",exit="0"}',
      'aisre_auth_failures_total{reason="wrong"}',
      "aisre_redactions_total",
      "aisre_output_truncated_total",
      'aisre_approvals_total{state="requested"}',
    ])
      expect(await ask(`sum(${counted})`), counted).toBeGreaterThan(0);
  });

  it("tell the receiver of people, and not that of the operator, when the server itself is gone", async () => {
    const before = webhook.heard.length;
    server.kill("SIGKILL");
    const down = (): Heard | undefined =>
      webhook.heard
        .slice(before)
        .find(({ alerts }) =>
          alerts.some(({ status, labels }) => status === "firing" && labels["alertname"] === "AiSreDown"),
        );
    await until(() => down() !== undefined, "people are told", patienceMs);
    expect(down()).toMatchObject({ path: "/webhook/ai-sre-people", receiver: "people" });
    expect(down()?.alerts.map(({ labels }) => labels["severity"])).toContain("critical");
  });
});
