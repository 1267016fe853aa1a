// The whole way with real kubectl against a simulated cluster: every verb that is offered, what it printed, what reached the
// API, what the metrics say afterwards.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { checkMetrics, promtool } from "../helpers/promtool.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

describe("real kubectl behind the gate", () => {
  let cluster: SimulatedCluster;
  let server: ServerProcess;
  let client: AnyClient;
  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    server = await startServer({ KUBECONFIG: cluster.kubeconfig });
    client = await clientKind("SDK 1.32.2 over WebSocket, 2025-11-25").connect(server);
  });
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await cluster?.stop();
  });
  const call = async (tool: string, callArguments: Record<string, unknown>): Promise<Answer> =>
    readAnswer((await client.call(tool, callArguments)).structuredContent);
  const line = (command: string): Promise<Answer> => call("cli_tool", { command });
  const podOf = async (workload: string): Promise<string> => {
    const { stdout = "" } = await line(`kubectl get pods -o name | grep /${workload} | head -n 1 | cut -d / -f 2`);
    return stdout.trim();
  };

  it.each([
    ["kubectl get pods", /^NAME .*\n(.*\n)*checkout-.*CrashLoopBackOff/],
    ["kubectl get po,deploy -o wide", /deployment\.apps\/web/],
    ["kubectl get deploy web -o json", /"kind": "Deployment"/],
    ["kubectl get deploy web -o yaml", /^kind: Deployment$/m],
    ["kubectl get deploy -o jsonpath='{.items[*].metadata.name}'", /web/],
    ["kubectl get pods -l app=web -o name", /^pod\/web-\S+\npod\/web-\S+\n$/],
    ["kubectl get nodes", /Ready/],
    ["kubectl describe deployment checkout", /^Name: +checkout$/m],
    ["kubectl events", /BackOff/],
    ["kubectl version", /Server Version: v1\./],
    ["kubectl api-resources", /deployments +deploy +apps\/v1/],
    ["kubectl api-versions", /^apps\/v1$/m],
    ["kubectl config current-context", /^simulated\n$/],
    ["kubectl rollout status deployment/web", /successfully rolled out/],
    ["kubectl rollout history deployment/web", /REVISION/],
    ["kubectl auth can-i list pods", /^yes\n$/],
    ["kubectl auth whoami", /Username/],
    ["kubectl get pods -o json | jq -r '.items[].metadata.name' | sort | head -n 1", /^checkout-\S+\n$/],
    ["kubectl get pods -o name | tr a-z A-Z | uniq | tail -n 1 | wc -l", /^1\n$/],
  ])("%s", async (command, printed) => {
    const answer = await line(command);
    expect(answer, JSON.stringify(answer)).toMatchObject({ outcome: "succeeded", code: "ok" });
    expect(answer.stdout).toMatch(printed);
  });

  // The simulated cluster has no metrics, and describes no fields.
  it.each(["kubectl top pods", "kubectl explain deployment", "kubectl get deployments missing"])(
    "%s fails, and kubectl's own words are told",
    async (command) => {
      const answer = await line(command);
      expect(answer).toMatchObject({
        outcome: "failed",
        code: "exited",
        stderr: expect.stringMatching(/^kubectl: .{10}/),
      });
    },
  );

  it("reads a log through a pipeline, stage by stage", async () => {
    const pod = await podOf("checkout");
    const answer = await line(`kubectl logs ${pod} --tail=100 | grep -i -c note`);
    expect(answer).toMatchObject({ outcome: "succeeded", stdout: expect.stringMatching(/^\d+\n$/) });
    expect(answer.steps[0]?.stages.map(({ argv }) => argv[0])).toEqual(["kubectl", "grep"]);
    expect((await call("kubectl_logs", { name: pod, tail: 5 })).stdout?.trim().split("\n")).toHaveLength(5);
  });

  it.each([
    ["kubectl get secrets", "denied"],
    ["kubectl get secret checkout-db -o yaml", "denied"],
    ["kubectl describe secret checkout-db", "denied"],
    ["kubectl get pods,secrets", "denied"],
    ["kubectl get secrets.v1.", "denied"],
    ["kubectl get pods -n kube-system", "denied"],
    ["kubectl get pods -A", "denied"],
    ["kubectl get --raw /api/v1/secrets", "not_understood"],
    ["kubectl get pods --server=http://evil.example", "not_understood"],
    ["kubectl exec web -- id", "not_understood"],
    ["kubectl delete deployment web", "denied"],
    ["kubectl scale deployment web --replicas=0", "denied"],
    ["kubectl label deployment web a=b", "denied"],
    ["kubectl get pods | kubectl delete -f -", "not_understood"],
  ])("%s never reaches the API", async (command, code) => {
    const before = await cluster.requests();
    const answer = await line(command);
    expect(answer).toMatchObject({ outcome: "denied", code });
    expect(await cluster.requests()).toEqual(before);
  });

  /** What changed, or was asked to, since `before` requests. */
  const patchesSince = async (before: number): Promise<readonly string[]> =>
    (await cluster.requests()).slice(before).filter((request) => request.startsWith("PATCH"));

  it("asks a person before it scales, and nobody before a dry run, which the API server answers", async () => {
    const own = { resource: "deploy", name: "web", replicas: 3 };
    const written = await cluster.writes();
    expect(await call("kubectl_scale", own)).toMatchObject({ outcome: "approval_required" });
    expect(await cluster.writes()).toEqual(written);
    const before = (await cluster.requests()).length;
    const dry = await call("kubectl_scale", { ...own, dry_run: true });
    expect(dry).toMatchObject({ outcome: "succeeded", stdout: expect.stringContaining("server dry run") });
    const [patch, another] = await patchesSince(before);
    expect(patch).toMatch(/^PATCH \/apis\/apps\/v1\/namespaces\/default\/deployments\/web\/scale(\?.*dryRun=All.*)?$/);
    expect(another).toBeUndefined();
    expect((await line("kubectl get deploy web --no-headers")).stdout).toMatch(/ 2\/2 /);
  });

  it("lets a manifest keep the Secrets of its object, and take no other's", async () => {
    const object: unknown = JSON.parse((await line("kubectl get deploy checkout -o json")).stdout ?? "");
    const manifest = JSON.stringify(object);
    expect(manifest).toContain("checkout-db");
    expect(await call("kubectl_apply", { manifest })).toMatchObject({ outcome: "approval_required" });
    const denied = { code: "denied", reasons: [{ rule: "kubectl/apply-no-secrets" }] };
    expect(await call("kubectl_apply", { manifest: manifest.replaceAll("checkout-db", "other") })).toMatchObject(
      denied,
    );
    expect(await call("kubectl_apply", { manifest: manifest.replaceAll('"checkout"', '"web"') })).toMatchObject(denied);
  });

  it("asks nobody to undo a rollout that has no history, and tells kubectl's own words of a dry run", async () => {
    const own = { resource: "deploy", name: "checkout" };
    const before = (await cluster.requests()).length;
    // There is nothing to go back to, and nobody is asked for what would fail.
    expect(await call("kubectl_rollout_undo", own)).toMatchObject({
      code: "preflight_failed",
      reasons: [{ rule: "preflight/dry-run", message: expect.stringContaining("no rollout history") }],
    });
    const dry = await call("kubectl_rollout_undo", { ...own, dry_run: true });
    expect(dry).toMatchObject({ code: "exited", stderr: expect.stringContaining("no rollout history") });
    expect(await patchesSince(before)).toEqual([]);
  });

  it("deletes one pod and restarts a workload: one change each, with an intent before it", async () => {
    // In this order: the pods that are there while a restart rolls out may be gone by the next call.
    const pod = await podOf("web");
    const deleted = await call("kubectl_delete_pod", { name: pod });
    expect(deleted).toMatchObject({ outcome: "succeeded", stdout: expect.stringContaining("deleted") });
    const restarted = await call("kubectl_rollout_restart", { resource: "deploy", name: "web", reason: "a test" });
    expect(restarted).toMatchObject({ outcome: "succeeded", stdout: expect.stringContaining("restarted") });
    expect(await cluster.writes()).toEqual([
      `DELETE /api/v1/namespaces/default/pods/${pod}`,
      "PATCH /apis/apps/v1/namespaces/default/deployments/web",
    ]);
    const intents = server.audit().filter(({ kind }) => kind === "intent");
    expect(intents.slice(-2).map(({ argvs }) => argvs?.[0])).toEqual([
      expect.arrayContaining(["kubectl", "delete", "--namespace=default", pod]),
      expect.arrayContaining(["kubectl", "rollout", "restart", "--namespace=default"]),
    ]);
  });

  it("changes nothing in a dry run", async () => {
    const before = (await cluster.requests()).filter((request) => request.startsWith("PATCH"));
    const answer = await call("kubectl_rollout_restart", { resource: "deploy", name: "web", dry_run: true });
    expect(answer).toMatchObject({ outcome: "succeeded", stdout: expect.stringContaining("Dry run") });
    expect((await cluster.requests()).filter((request) => request.startsWith("PATCH"))).toEqual(before);
  });

  it("finds the cluster well, and says so to whoever has a key", async () => {
    const health = await fetch(`${server.base}/health`, { headers: { authorization: `Bearer ${server.key}` } });
    const report = await health.json();
    expect(report).toMatchObject({ cluster: { reachable: true }, tools: { kubectl: { available: true } } });
    const answer = await call("health_check", {});
    expect(JSON.parse(answer.stdout ?? "")).toMatchObject({ cluster: { reachable: true } });
  });

  it("asks once what the cluster offers: commands share that, whatever their nonces are", async () => {
    await call("kubectl_get", { resource: "pods" });
    const before = (await cluster.requests()).length;
    await call("kubectl_get", { resource: "pods", fresh: true });
    expect((await cluster.requests()).slice(before)).toEqual(["GET /api/v1/namespaces/default/pods"]);
  });

  it("describes a node without the pods of other namespaces, and raises no alarm about it", async () => {
    const { outcome, stdout } = await call("kubectl_describe", { resource: "node", name: "simulated-node-1" });
    expect({ outcome, stdout }).toMatchObject({
      outcome: "succeeded",
      stdout: expect.stringContaining("not authorized"),
    });
    expect((await cluster.requests()).filter((request) => request.startsWith("GET /api/v1/pods"))).toEqual([]);
    const { body } = await fetchMetrics();
    expect(body).toMatch(/^aisre_broker_refusals_total\{target="kubernetes"\} 0/m);
  });

  it("counts all of it", async () => {
    const { body } = await fetchMetrics();
    expect(body).toMatch(/^aisre_commands_total\{binary="kubectl",verb="get",exit="0"\} [1-9]/m);
    expect(body).toMatch(
      /^aisre_policy_decisions_total\{tool="cli_tool",effect="deny",rule="kubectl\/no-secrets"\} \d/m,
    );
    expect(body).toMatch(/^aisre_audit_records_total\{kind="intent"\} [1-9]/m);
    expect(body).not.toContain("checkout-db");
  });

  it.skipIf(promtool === undefined)("has metrics that promtool finds nothing wrong with", async () => {
    const { body, contentType } = await fetchMetrics();
    expect(contentType).toContain("text/plain; version=0.0.4");
    expect(checkMetrics(body)).toBe("");
  });

  const fetchMetrics = async () => {
    const response = await fetch(`${server.metricsBase}/metrics`);
    return { body: await response.text(), contentType: response.headers.get("content-type") };
  };
});

describe("a cluster that is gone", () => {
  it("is cluster_unreachable, not a failure of the command", async () => {
    const cluster = await startSimulatedCluster();
    const server = await startServer({ KUBECONFIG: cluster.kubeconfig });
    const client = await clientKind("v2 client over HTTP, 2026-07-28").connect(server);
    try {
      await cluster.stop();
      const { structuredContent, isError } = await client.call("kubectl_get", { resource: "pods" });
      expect(structuredContent).toMatchObject({ outcome: "unavailable", code: "cluster_unreachable" });
      expect(isError).toBe(true);
      expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
      expect(await (await fetch(`${server.base}/health`)).json()).toEqual({ status: "degraded" });
    } finally {
      await client.close();
      await server.close();
    }
  });
});
