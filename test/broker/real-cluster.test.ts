// The real kubectl, helm and flux through the broker to a real API server, which remembers every request in its audit log: what was
// judged passes, and no request reaches it that the command was not judged for. Skipped where `make cluster` built nothing.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { stagesOf } from "../command/reading.ts";
import { hasRealCluster, type RealCluster, startRealCluster } from "../helpers/real-cluster.ts";
import { has, judgedCommands, openPrograms } from "./programs.ts";

const helm = path.resolve(import.meta.dirname, "../../.tools/bin/helm");
const ready = hasRealCluster && has("kubectl") && has("helm");

/** As the corpus knows the cluster: a Deployment with a past, its pods, a release, another namespace, and Secrets to stay away from. */
function seed(cluster: RealCluster): void {
  const objects = `
apiVersion: v1
kind: Namespace
metadata: { name: flux-system }
---
apiVersion: v1
kind: Namespace
metadata: { name: prod }
---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: default }
stringData: { password: of-the-database }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: default }
data: { a: b }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "web:1" }] }
---
apiVersion: v1
kind: Node
metadata: { name: web-1 }
---
apiVersion: v1
kind: Pod
metadata: { name: web-1, namespace: default, labels: { app: web } }
spec: { nodeName: web-1, containers: [{ name: web, image: "web:1" }] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ai-sre }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: ai-sre }]
`;
  cluster.kubectl(["apply", "-f", "-"], objects);
  cluster.kubectl(["set", "image", "deploy/web", "web=web:2"]);
  const chart = mkdtempSync(path.join(tmpdir(), "ai-sre-chart-"));
  try {
    mkdirSync(path.join(chart, "templates"));
    writeFileSync(path.join(chart, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    writeFileSync(
      path.join(chart, "templates/map.yaml"),
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: release-web }\ndata: { revision: '{{ .Release.Revision }}' }\n",
    );
    for (const verb of ["install", "upgrade"]) {
      execFileSync(helm, [verb, "web", chart, "--kubeconfig", cluster.kubeconfig("admin")], {
        stdio: "pipe",
        env: { HOME: chart },
      });
    }
  } finally {
    rmSync(chart, { recursive: true, force: true });
  }
}

describe.skipIf(!ready)("a real API server", () => {
  let cluster: RealCluster;
  beforeAll(async () => {
    cluster = await startRealCluster();
    seed(cluster);
  }, 150_000);
  afterAll(() => cluster?.stop());

  const open = () =>
    openPrograms({
      cluster: () => ({
        url: cluster.url,
        authorization: `Bearer ${cluster.token("ai-sre")}`,
        tls: { authorities: cluster.authority, verify: true },
      }),
    });
  /** What reached the server through the broker, discovery left out. */
  const reached = (): readonly string[] =>
    cluster
      .requests()
      .filter(
        ({ user, requestURI }) =>
          user.username === "ai-sre" && /^\/apis?\/.*\/?namespaces\/|\/api\/v1\//.test(requestURI),
      )
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
  const commandOf = (words: string, stdin?: string): Command => {
    const [command] = stagesOf(words, stdin);
    if (command === undefined) throw new Error("no command");
    return command;
  };

  /** kubectl describes a node without the pods and leases that it is not given. */
  const isNode = ({ verb, resources }: Command): boolean =>
    verb[0] === "describe" && resources.some(({ resource }) => resource === "nodes");

  it.each(["kubectl", "helm", "flux"].filter(has).flatMap((binary) => judgedCommands(binary)))(
    "lets pass: %s",
    async (_name, { command, stdin }) => {
      const { run } = await open();
      const { refusals, outcome } = await run(command, stdin);
      expect(isNode(command) ? [] : refusals, outcome.stderr).toEqual([]);
      expect(outcome.stderr).not.toContain("does not answer the broker");
      expect(outcome.stdout).not.toContain("of-the-database");
    },
    30_000,
  );

  it("has nobody's Secrets read but a release's own, and no Lease but a described node's", () => {
    const secrets = reached().filter((line) => line.includes("/secrets"));
    expect(
      secrets.filter((line) => !/owner(?:%3D|=)helm|\/secrets\/sh\.helm\.release\.v1\.|\/secrets$/.test(line)),
    ).toEqual([]);
    // Secrets without a selector are made, never listed.
    expect(secrets.filter((line) => line.endsWith("/secrets") && !line.startsWith("create "))).toEqual([]);
    // A node's own is part of what `describe node` shows.
    const leases = reached().filter((line) => line.includes("/leases"));
    expect(
      leases.filter(
        (line) => !line.startsWith("get /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/web-1"),
      ),
    ).toEqual([]);
  });

  const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: made\ndata:\n  a: b\n";
  it.each([
    ["kubectl apply -f - --dry-run=server", manifest],
    ["kubectl apply -f -", manifest],
    ["kubectl scale deploy/web --replicas=2 --dry-run=server", undefined],
    ["kubectl scale deploy/web --replicas=2", undefined],
    ["kubectl rollout restart deploy/web", undefined],
    ["kubectl rollout undo deploy/web", undefined],
    ["kubectl rollout history deploy/web", undefined],
    ["kubectl set image deploy/web web=web:3", undefined],
    ["kubectl label pod web-1 tier=web", undefined],
    ["kubectl describe deploy web", undefined],
    ["kubectl get events", undefined],
    ["kubectl auth can-i delete pods", undefined],
    ["kubectl delete pod web-1", undefined],
    ["helm list", undefined],
    ["helm history web", undefined],
    ["helm status web", undefined],
    ["helm rollback web 1", undefined],
  ] as const)("does: %s", async (words, stdin) => {
    const { run } = await open();
    const { refusals, outcome } = await run(commandOf(words, stdin), stdin);
    expect(refusals, outcome.stderr).toEqual([]);
    expect(outcome.stages[0]?.exitCode, outcome.stderr).toBe(0);
  });

  it("changed what it said, and the dry runs changed nothing", () => {
    const changes = reached().filter((line) => !/^(?:get|list|watch) /.test(line));
    expect(changes.some((line) => line.includes("dryRun=All"))).toBe(true);
    expect(cluster.kubectl(["get", "deploy", "web", "-o", "jsonpath={.spec.replicas} {..image}"])).toBe("2 web:3");
    expect(cluster.kubectl(["get", "configmap", "release-web", "-o", "jsonpath={.data.revision}"])).toBe("1");
  });

  it.each(["kubectl get pods -n prod", "kubectl get secrets", "kubectl get pods -A"])(
    "refuses another command's lease the requests of: %s",
    async (words) => {
      // What it is judged for is one pod; what it sends is another command's.
      const before = reached().length;
      const { run } = await open();
      const judged = commandOf("kubectl get pod web-1");
      const { refusals } = await run({ ...judged, argv: words.split(" ") });
      expect(refusals.length).toBeGreaterThan(0);
      expect(reached().slice(before)).toEqual([]);
    },
  );
});
