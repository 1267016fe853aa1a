// A look ahead with the real kubectl against a simulated cluster, whose log of writes says that nothing was changed.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const reportSchema = z.strictObject({
  would: z.string(),
  approver_roles: z.array(z.string()).optional(),
  changes: z.array(
    z.strictObject({
      step: z.int(),
      subject: z.string(),
      verdict: z.string(),
      exists: z.boolean().optional(),
      kept_by: z.string().optional(),
      permitted: z.boolean().optional(),
      differences: z.array(
        z.strictObject({ path: z.string(), before: z.string().optional(), after: z.string().optional() }),
      ),
      problems: z.array(z.looseObject({ rule: z.string(), message: z.string() })),
    }),
  ),
  lines: z.array(z.string()),
});

describe("a look ahead behind the gate", () => {
  let cluster: SimulatedCluster;
  let server: ServerProcess;
  let client: AnyClient;
  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    server = await startServer({ KUBECONFIG: cluster.kubeconfig });
    client = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(server);
  });
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await cluster?.stop();
  });
  const call = async (tool: string, own: Record<string, unknown>): Promise<Answer> =>
    readAnswer((await client.call(tool, own)).structuredContent);
  const ahead = async (tool_name: string, own: Record<string, unknown>) => {
    const answer = await call("preflight", { tool_name, arguments: own });
    expect(answer, JSON.stringify(answer)).toMatchObject({ outcome: "succeeded" });
    return reportSchema.parse(JSON.parse(answer.stdout ?? ""));
  };
  const jsonOf = async (name: string): Promise<string> =>
    (await call("kubectl_get", { resource: "deploy", name, output: "json", fresh: true })).stdout ?? "";

  it("shows what a scaling and a manifest would change, and changes nothing", async () => {
    const scaled = await ahead("kubectl_scale", { resource: "deploy", name: "web", replicas: 3 });
    expect(scaled).toMatchObject({
      would: "ask for approval",
      changes: [{ verdict: "passed", exists: true, permitted: true, problems: [] }],
      lines: ["deployments.apps/web in default: spec.replicas: 2 → 3"],
    });
    const manifest = (await jsonOf("web")).replace(/example\/web:[0-9.]+/, "example/web:9.0.0");
    expect((await ahead("kubectl_apply", { manifest })).changes).toMatchObject([
      {
        verdict: "passed",
        differences: [
          {
            path: "spec.template.spec.containers[web].image",
            before: '"example/web:3.2.0"',
            after: '"example/web:9.0.0"',
          },
        ],
      },
    ]);
    const restarted = await ahead("kubectl_rollout_restart", { resource: "deploy", name: "web" });
    expect(restarted).toMatchObject({ would: "run", changes: [{ verdict: "judged_only", exists: true }] });
    expect(await cluster.writes()).toEqual([]);
    expect(await jsonOf("web")).toContain("example/web:3.2.0");
  });

  it("is shown to the person who is asked, and a batch is looked at step by step", async () => {
    const one = { resource: "deploy", name: "web", replicas: 3 };
    const asked = await call("kubectl_scale", one);
    expect(asked.approval?.summary).toMatch(
      /^Would change: deployments\.apps\/web in default: spec\.replicas: 2 → 3$/m,
    );
    const steps = [one, { ...one, name: "checkout" }].map((own) => ({ tool_name: "kubectl_scale", arguments: own }));
    const both = await call("run_batch", { steps });
    expect(both, JSON.stringify(both)).toMatchObject({ code: "approval_required" });
    expect(both.approval?.summary).toMatch(/^Would change: step 1: deployments\.apps\/web in default: spec\.replicas/m);
    expect(both.approval?.summary).toMatch(/^Would change: step 2, as things are now: deployments\.apps\/checkout/m);
    expect(await cluster.writes()).toEqual([]);
  });

  it("tells no redacted value of a manifest, whether it is the same or not", async () => {
    const live = await jsonOf("checkout");
    const same = await ahead("kubectl_apply", { manifest: live });
    expect(JSON.stringify(same)).not.toMatch(/redacted:[a-z_]+:[0-9a-f]{8}/);
    expect(same.lines).toContainEqual(expect.stringMatching(/not change|not compared/));
    expect(await cluster.writes()).toEqual([]);
  });

  it("says that an object is not there, and what the API server says to the real change", async () => {
    const missing = await ahead("kubectl_scale", { resource: "deploy", name: "nobody", replicas: 3 });
    expect(missing.changes).toMatchObject([{ verdict: "refused", problems: [{ rule: "preflight/not-found" }] }]);
    const undone = await ahead("kubectl_rollout_undo", { resource: "deploy", name: "web" });
    expect(undone.changes).toMatchObject([{ verdict: "refused", problems: [{ rule: "preflight/dry-run" }] }]);
    expect(await cluster.writes()).toEqual([]);
  });

  it("is told nothing of what it may not touch", async () => {
    const before = await cluster.requests();
    for (const own of [
      {
        tool_name: "kubectl_scale",
        arguments: { resource: "deploy", name: "web", replicas: 3, namespace: "payments" },
      },
      { tool_name: "kubectl_get", arguments: { resource: "secrets", name: "checkout-db" } },
      { tool_name: "cli_tool", arguments: { command: "kubectl delete deployment web" } },
    ]) {
      expect(await call("preflight", own)).toMatchObject({ outcome: "denied", code: "denied" });
    }
    expect(await cluster.requests()).toEqual(before);
  });
});
