// The whole way with the real helm and flux against the simulated cluster: what the tools print, what they asked the cluster for,
// and that a change which needs a person reaches nothing.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { flux } from "../../src/command/grammar/flux.ts";
import { helm } from "../../src/command/grammar/helm.ts";
import { locate } from "../command/installed.ts";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const missing = { helm: locate(helm) === undefined, flux: locate(flux) === undefined };

describe.skipIf(missing.helm && missing.flux)("helm and flux behind the gate", () => {
  let cluster: SimulatedCluster;
  let server: ServerProcess;
  let client: AnyClient;
  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    const dataFile = path.join(path.dirname(cluster.kubeconfig), "site.yaml");
    writeFileSync(dataFile, "toolsets: [helm, flux, kubectl, cli, server]\n");
    server = await startServer({ KUBECONFIG: cluster.kubeconfig, AISRE_POLICY_DATA: dataFile });
    client = await clientKind("SDK 1.32.2 over WebSocket, 2025-11-25").connect(server);
  });
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await cluster?.stop();
  });
  const call = async (tool: string, own: Record<string, unknown> = {}): Promise<Answer> =>
    readAnswer((await client.call(tool, own)).structuredContent);
  const changes = async (): Promise<readonly string[]> =>
    (await cluster.requests()).filter((request) => !request.startsWith("GET "));

  describe.skipIf(missing.helm)("helm", () => {
    it.each<[tool: string, own: Record<string, unknown>, printed: RegExp]>([
      ["helm_list", {}, /^cache\s+default\s+2\s.*deployed\s+cache-1\.0\.2\s+7/m],
      ["helm_status", { release: "cache" }, /STATUS: deployed\nREVISION: 2\n(.*\n)*The cache listens on cache:6379\./],
      ["helm_history", { release: "cache" }, /^1\s.*superseded\s+cache-1\.0\.1(.*\n)2\s.*deployed\s+cache-1\.0\.2/m],
      ["cli_tool", { command: "helm get notes cache" }, /The cache listens on cache:6379\./],
      ["cli_tool", { command: "helm version --short" }, /^v4\./],
      ["helm_rollback", { release: "cache", revision: 1, dry_run: true }, /Rollback was a success/],
    ])("%s %j", async (tool, own, printed) => {
      const answer = await call(tool, own);
      expect(answer, JSON.stringify(answer)).toMatchObject({ outcome: "succeeded", code: "ok" });
      expect(answer.stdout).toMatch(printed);
      expect(JSON.stringify(answer)).not.toContain("simulated-password");
      expect(await changes()).toEqual([]);
    });

    it.each([
      ["helm get values cache", "not_understood"],
      ["helm status cache -o json", "denied"],
      ["helm list -A", "denied"],
      ["helm uninstall cache", "not_understood"],
    ])("%s reaches no cluster", async (command, code) => {
      const before = await cluster.requests();
      const answer = await call("cli_tool", { command });
      expect(answer, JSON.stringify(answer)).toMatchObject({ code });
      expect(await cluster.requests()).toEqual(before);
    });
  });

  it.skipIf(missing.helm || missing.flux)("changes nothing before a person was asked", async () => {
    for (const [tool, own] of [
      ["helm_rollback", { release: "cache", revision: 1 }],
      ["flux_reconcile", { kind: "kustomization", name: "infra" }],
      ["flux_suspend", { kind: "kustomization", name: "infra" }],
      ["flux_resume", { kind: "kustomization", name: "paused" }],
    ] as const) {
      const answer = await call(tool, own);
      expect(answer, JSON.stringify(answer)).toMatchObject({ code: "approval_required" });
    }
    expect(await call("helm_rollback", { release: "cache", revision: 77 })).toMatchObject({
      code: "preflight_failed",
      reasons: [{ rule: "preflight/dry-run", message: expect.stringContaining("release has no 77 version") }],
    });
    expect(await cluster.writes()).toEqual([]);
  });

  describe.skipIf(missing.flux)("flux", () => {
    it("makes one table of what is not ready and why: kustomizations, Helm releases, sources and images", async () => {
      const answer = await call("flux_status");
      expect(answer, JSON.stringify(answer)).toMatchObject({ outcome: "succeeded", code: "ok" });
      expect(answer.stdout?.split("\n").map((line) => line.split("\t"))).toEqual([
        ["5 of 8 Flux objects are not ready or are suspended"],
        ["OBJECT", "READY", "SUSPENDED", "WHY"],
        [
          "helmrepository/charts",
          "False",
          "False",
          expect.stringMatching(/^failed to fetch Helm repository index: .*no such host$/),
        ],
        ["imagerepository/checkout", "False", "False", "UNAUTHORIZED: authentication required"],
        ["helmrelease/ingress", "False", "False", "Helm upgrade failed: context deadline exceeded"],
        ["kustomization/apps", "False", "False", "kustomize build failed: apps/checkout: no such file or directory"],
        ["kustomization/paused", "True", "True", expect.stringMatching(/^Applied revision: main@sha1:3f786850/)],
        [""],
      ]);
    });

    it.each<[own: Record<string, unknown>, printed: RegExp]>([
      [{ kind: "kustomization", name: "apps" }, /^apps\s.*False\s+False\s+kustomize build failed/m],
      [{ kind: "helmrelease" }, /^ingress\s.*Helm upgrade failed/m],
      [{ kind: "sources" }, /^helmrepository\/charts\s.*no such host/m],
      [{ kind: "images" }, /^imagepolicy\/checkout\s+example\/checkout\s+2\.14\.1\s+True/m],
    ])("flux_status %j", async (own, printed) => {
      const answer = await call("flux_status", own);
      expect(answer, JSON.stringify(answer)).toMatchObject({ outcome: "succeeded", code: "ok" });
      expect(answer.stdout).toMatch(printed);
    });

    it.each([
      ["flux_reconcile", { kind: "kustomization", name: "infra", namespace: "kube-system" }, "denied"],
      ["cli_tool", { command: "flux suspend ks --all" }, "not_understood"],
      ["cli_tool", { command: "flux install" }, "not_understood"],
      ["cli_tool", { command: "flux get all -A" }, "denied"],
    ])("%s %j reaches no cluster", async (tool, own, code) => {
      const before = await cluster.requests();
      const answer = await call(tool, own);
      expect(answer, JSON.stringify(answer)).toMatchObject({ code });
      expect(await cluster.requests()).toEqual(before);
    });
  });
});
