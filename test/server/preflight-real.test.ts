// A look ahead at a real API server, whose audit log says which requests changed something: none. Skipped where `make cluster` built
// nothing.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { hasRealCluster, type RealCluster, startRealCluster } from "../helpers/real-cluster.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

/** May change deployments, and not their scale. */
const objects = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "web:1", env: [{ name: DB_PASSWORD, value: hunter2hunter2 }] }] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ai-sre, namespace: default }
rules:
  - { apiGroups: [apps], resources: [deployments, replicasets], verbs: [get, list, watch, patch] }
  - { apiGroups: [""], resources: [pods], verbs: [get, list, watch, patch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ai-sre, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ai-sre }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: ai-sre }]
`;

const manifest = (image: string, more = "") => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  ${more}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`;

describe.skipIf(!hasRealCluster)("a look ahead at a real API server", () => {
  let cluster: RealCluster;
  let server: ServerProcess;
  let client: AnyClient;
  beforeAll(async () => {
    cluster = await startRealCluster();
    cluster.kubectl(["apply", "-f", "-"], objects);
    cluster.kubectl(["set", "image", "deploy/web", "web=web:2"]);
    cluster.kubectl(["rollout", "history", "deploy/web"]);
    server = await startServer({ KUBECONFIG: cluster.kubeconfig("ai-sre") });
    client = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(server);
  }, 180_000);
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
    return JSON.parse(answer.stdout ?? "");
  };
  /** What the server's account asked for that was no read, no question about rights and no dry run. */
  const writes = () =>
    cluster
      .requests()
      .filter(({ user, verb }) => user.username === "ai-sre" && !/^(?:get|list|watch)$/.test(verb))
      .filter(({ requestURI }) => !/\/selfsubject[a-z]+reviews(?:\?|$)|[?&]dryRun=All(?:&|$)/.test(requestURI));
  const dryRuns = () => cluster.requests().filter(({ requestURI }) => requestURI.includes("dryRun=All"));

  it("compares a manifest with what admission makes of it, and hides what is redacted", async () => {
    const report = await ahead("kubectl_apply", { manifest: manifest("web:3") });
    expect(report, JSON.stringify(report)).toMatchObject({ changes: [{ verdict: "passed", permitted: true }] });
    const [{ differences }] = report.changes;
    expect(differences).toContainEqual({
      path: "spec.template.spec.containers[web].image",
      before: '"web:2"',
      after: '"web:3"',
    });
    expect(JSON.stringify(report)).not.toMatch(/hunter2|redacted:[a-z_]+:[0-9a-f]{8}/);
    expect(dryRuns().length).toBeGreaterThan(0);
    expect(writes()).toEqual([]);
  });

  it("tells what the API server refuses of a manifest, in its own words", async () => {
    const bad = await ahead("kubectl_apply", { manifest: manifest("web:3", "minReadySeconds: -1") });
    expect(bad.changes).toMatchObject([{ verdict: "refused", problems: [{ rule: "preflight/dry-run" }] }]);
    expect(bad.lines.join()).toMatch(/minReadySeconds/);
    expect(writes()).toEqual([]);
  });

  it("tells what the server's account may not do, and asks nobody for it", async () => {
    const own = { resource: "deploy", name: "web", replicas: 2 };
    const refused = { verdict: "refused", permitted: false, problems: [{ rule: "preflight/can-i" }] };
    expect((await ahead("kubectl_scale", own)).changes).toMatchObject([refused]);
    expect(await call("kubectl_scale", own)).toMatchObject({ code: "preflight_failed" });
    expect(writes()).toEqual([]);
  });

  it("tries an undo and a restart without one of them", async () => {
    const undone = await ahead("kubectl_rollout_undo", { resource: "deploy", name: "web" });
    expect(undone, JSON.stringify(undone)).toMatchObject({ changes: [{ verdict: "passed", permitted: true }] });
    const restarted = await ahead("kubectl_rollout_restart", { resource: "deploy", name: "web" });
    expect(restarted).toMatchObject({ would: "run", changes: [{ verdict: "judged_only", permitted: true }] });
    expect(cluster.kubectl(["get", "deploy", "web", "-o", "jsonpath={..image}"])).toBe("web:2");
    expect(writes()).toEqual([]);
  });
});
