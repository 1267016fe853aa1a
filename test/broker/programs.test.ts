// The real kubectl, helm, flux, curl and gh through the broker: whatever was judged gets through, and no child holds a login. Missing
// programs are skipped; AISRE_TEST_TOOLS names further folders.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { stagesOf } from "../command/reading.ts";
import { githubToken, startGitHub } from "../helpers/github/server.ts";
import { startKubeStub } from "../helpers/kube-stub.ts";
import { has, judgedCommands, openPrograms } from "./programs.ts";
import { openRecorder, secrets } from "./setup.ts";

const labels = { app: "web" };
const container = { name: "web", image: "web:1" };
const template = { metadata: { labels }, spec: { containers: [container] } };
const selector = { matchLabels: labels };
const owned = (revision: number) => ({
  metadata: {
    name: `web-${revision}`,
    namespace: "default",
    uid: `r${revision}`,
    labels: { ...labels, "pod-template-hash": String(revision) },
    annotations: { "deployment.kubernetes.io/revision": String(revision) },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "d1", controller: true }],
  },
  spec: {
    replicas: 1,
    selector,
    template: { ...template, spec: { containers: [{ name: "web", image: `web:${revision}` }] } },
  },
});

/** A revision as helm stores it: JSON, gzip, base64, and base64 again as every Secret. */
function release(version: number, status: string) {
  const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  version: "${version}"\n`;
  const content = {
    name: "web",
    version,
    namespace: "default",
    manifest,
    chart: { metadata: { name: "web", version: "1.0.0", apiVersion: "v2" } },
    info: { status, description: "d", first_deployed: "2026-01-01T00:00:00Z", last_deployed: "2026-01-01T00:00:00Z" },
  };
  const stored = gzipSync(JSON.stringify(content)).toString("base64");
  return {
    type: "helm.sh/release.v1",
    metadata: {
      name: `sh.helm.release.v1.web.v${version}`,
      namespace: "default",
      labels: { owner: "helm", name: "web", version: String(version), status },
    },
    data: { release: Buffer.from(stored).toString("base64") },
  };
}

const flux = (name: string) => ({
  metadata: { name, namespace: "flux-system" },
  spec: { sourceRef: { kind: "GitRepository", name: "apps" } },
  status: { conditions: [{ type: "Ready", status: "True", reason: "Test", message: "fine" }] },
});

const objects = {
  "api/v1/namespaces": [{ metadata: { name: "default" } }],
  "api/v1/nodes": [{ metadata: { name: "web-1" } }],
  "apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases": [{ metadata: { name: "web-1" } }],
  "api/v1/namespaces/default/secrets": [release(1, "superseded"), release(2, "deployed")],
  "api/v1/namespaces/default/configmaps": [{ metadata: { name: "web", namespace: "default" } }],
  "api/v1/namespaces/default/pods": [
    {
      metadata: { name: "web-1", namespace: "default", labels },
      spec: { containers: [container] },
      status: { phase: "Running" },
    },
  ],
  "apis/apps/v1/namespaces/default/deployments": [
    {
      metadata: {
        name: "web",
        namespace: "default",
        uid: "d1",
        annotations: { "deployment.kubernetes.io/revision": "2" },
      },
      spec: { replicas: 1, selector, template },
    },
  ],
  "apis/apps/v1/namespaces/default/replicasets": [owned(1), owned(2)],
  "apis/metrics.k8s.io/v1beta1/nodes": [
    {
      metadata: { name: "web-1" },
      usage: { cpu: "1", memory: "1Mi" },
      timestamp: "2026-01-01T00:00:00Z",
      window: "1s",
    },
  ],
  "apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations": [flux("apps"), flux("infra")],
  "apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases": [flux("web")],
  "apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories": [flux("apps")],
};

async function openCluster() {
  const stub = await startKubeStub(objects);
  const { clusters }: { clusters: { cluster: { server: string } }[] } = JSON.parse(
    readFileSync(stub.kubeconfig, "utf8"),
  );
  const url = clusters[0]?.cluster.server ?? "";
  const { run } = await openPrograms({ cluster: () => ({ url, authorization: secrets.cluster }) });
  return { stub, run };
}

/** kubectl looks there and prints without what it is not given. */
const expected = (command: Command): readonly string[] =>
  command.verb[0] === "describe" && command.resources.some(({ resource }) => resource === "nodes")
    ? ["reading pods was not judged", "reading events was not judged", "reading events was not judged"]
    : [];

describe.each(["kubectl", "helm", "flux"].filter(has))("%s", (binary) => {
  it.each(judgedCommands(binary))("%s", async (_name, { command, stdin }) => {
    const { run, stub } = await openCluster();
    const { refusals, outcome } = await run(command, stdin);
    expect(refusals, outcome.stderr).toEqual(expected(command));
    expect(outcome.stderr).not.toContain("does not answer the broker");
    expect(stub.logins.filter((login) => login !== secrets.cluster)).toEqual([]);
  });
});

describe.skipIf(!has("kubectl"))("changes", () => {
  const manifest = (name: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: b\n`;
  const rows: readonly (readonly [binary: string, words: string, stdin: string | undefined])[] = [
    ["kubectl", "kubectl apply -f -", manifest("web")],
    ["kubectl", "kubectl apply -f -", manifest("new")],
    ["kubectl", "kubectl apply -f - --dry-run=server", manifest("new")],
    ["kubectl", "kubectl scale deploy/web --replicas=3", undefined],
    ["kubectl", "kubectl scale deploy/web --replicas=3 --dry-run=server", undefined],
    ["kubectl", "kubectl set image deploy/web web=web:3", undefined],
    ["kubectl", "kubectl rollout restart deploy/web", undefined],
    ["kubectl", "kubectl rollout undo deploy/web --to-revision=2", undefined],
    ["kubectl", "kubectl rollout undo deploy/web --to-revision=2 --dry-run=server", undefined],
    ["kubectl", "kubectl label pod web-1 app- tier=web", undefined],
    ["kubectl", "kubectl annotate deploy/web example.org/why=because --dry-run=server", undefined],
    ["kubectl", "kubectl cordon web-1", undefined],
    ["kubectl", "kubectl delete pod web-1", undefined],
    ["kubectl", "kubectl delete pod web-1 --dry-run=server", undefined],
    ["kubectl", "kubectl describe namespace default", undefined],
    ["kubectl", "kubectl top nodes", undefined],
    ["kubectl", "kubectl get pods --all-namespaces", undefined],
    ["helm", "helm rollback web 1", undefined],
    ["helm", "helm rollback web 1 --history-max 1", undefined],
    ["flux", "flux suspend ks apps", undefined],
    ["flux", "flux reconcile ks apps --with-source --timeout 2s", undefined],
  ];
  it.each(rows.filter(([binary]) => has(binary)))("%s: %s", async (_binary, words, stdin) => {
    const { run } = await openCluster();
    const [command] = stagesOf(words, stdin);
    if (command === undefined) throw new Error("no command");
    const { refusals, outcome } = await run(command, stdin);
    expect(refusals, outcome.stderr).toEqual([]);
    // Nobody handles what flux asks for; everything else is done.
    expect(outcome.stages[0]?.exitCode, outcome.stderr).toBe(words.includes("reconcile") ? 1 : 0);
  });
});

/** A server on an address of its own, so that the port can be the one that the commands name. */
async function openMonitoring(address: string, port: number): Promise<readonly string[]> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.host} ${request.url}`);
    response.end("up\n");
  });
  await new Promise<void>((resolve, reject) => server.listen(port, address, resolve).once("error", reject));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return requests;
}

describe.skipIf(!has("curl"))("curl", () => {
  const named = new Set(["prometheus.monitoring.svc:9090", "alertmanager.monitoring.svc:9093"]);
  const resolve = () => Promise.resolve([{ address: "127.0.0.77", family: 4 }]);

  it.each(judgedCommands("curl"))("%s", async (_name, { command }) => {
    const requests = await openMonitoring("127.0.0.77", command.urls[0]?.port ?? 0);
    const { run } = await openPrograms({ namedPlaces: () => named, resolve });
    const { refusals, outcome } = await run(command);
    expect({ refusals, exitCode: outcome.stages[0]?.exitCode }, outcome.stderr).toEqual({ refusals: [], exitCode: 0 });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toContain(` ${command.urls[0]?.host}:${command.urls[0]?.port} ${command.urls[0]?.path}`);
  });

  it("asks an https server through the broker, which checks its certificate", async () => {
    const [command] = stagesOf("curl -s https://metrics.example:8443/x?y=1");
    if (command === undefined) throw new Error("no command");
    const requests = await openMonitoring("127.0.0.78", 8443);
    const { run } = await openPrograms({
      namedPlaces: () => new Set(["metrics.example:8443"]),
      resolve: () => Promise.resolve([{ address: "127.0.0.78", family: 4 }]),
    });
    // It speaks no TLS: that the broker tried is what is seen here.
    const { refusals, outcome } = await run(command);
    expect({ refusals, stdout: outcome.stdout }).toMatchObject({ refusals: [] });
    expect(outcome.stdout).toContain("does not answer the broker");
    expect(outcome.stages[0]?.argv.at(-1)).toBe("https://metrics.example:8443/x?y=1");
    expect(requests).toEqual([]);
  });
});

describe.skipIf(!has("gh"))("gh", () => {
  const pull = {
    number: 17,
    id: "PR_1",
    title: "t",
    state: "OPEN",
    url: "https://github.com/o/r/pull/17",
    headRefName: "x",
  };
  const repository = {
    id: "R_1",
    name: "r",
    nameWithOwner: "o/r",
    owner: { id: "O_1", login: "o" },
    viewerPermission: "WRITE",
    defaultBranchRef: { name: "main" },
    hasIssuesEnabled: true,
    parent: null,
    pullRequest: pull,
    pullRequests: { totalCount: 1, nodes: [pull], pageInfo: {} },
    issues: { totalCount: 0, nodes: [], pageInfo: {} },
    issue: { ...pull, __typename: "Issue" },
  };
  const data = {
    repository,
    viewer: { login: "bot" },
    search: { nodes: [], issueCount: 0, pageInfo: {} },
    node: pull,
    createPullRequest: { pullRequest: { id: "PR_2", url: "https://github.com/o/r/pull/18" } },
  };
  const run = {
    id: 5,
    workflow_id: 3,
    status: "completed",
    conclusion: "success",
    jobs_url: "https://api.github.com/repos/o/r/actions/runs/5/jobs",
    head_branch: "main",
    head_commit: { message: "m" },
    repository: { name: "r", owner: { login: "o" } },
  };
  const job = { id: 7, run_id: 5, name: "build", status: "completed", conclusion: "success", steps: [] };
  const answer = (url: string) => {
    const path = url.split("?")[0] ?? "";
    if (path === "/graphql") return { body: JSON.stringify({ data }) };
    if (path.endsWith("/jobs")) return { body: JSON.stringify({ total_count: 1, jobs: [job] }) };
    if (path.endsWith("/jobs/7")) return { body: JSON.stringify(job) };
    if (/\/runs\/\d+$/.test(path)) return { body: JSON.stringify(run) };
    if (path.endsWith("/logs")) return { status: 302, headers: { location: "https://logs.example/x?sig=1" } };
    if (path.endsWith("/annotations")) return { body: "[]" };
    if (path.endsWith("/readme")) return { body: JSON.stringify({ name: "README.md", content: "" }) };
    return {
      body: JSON.stringify({ workflow_runs: [], workflows: [], artifacts: [], total_count: 0, id: 3, name: "ci" }),
    };
  };
  const lines: readonly (string | readonly string[])[] = [
    "gh pr list",
    "gh pr list --label bug --state all",
    "gh pr list --search is:open --json title,state",
    "gh pr view 17",
    "gh pr view 17 --comments",
    "gh pr checks 17",
    "gh pr diff 17",
    ["gh", "pr", "create", "--title", "t", "--body", "b", "--head", "ai-sre/x", "--draft"],
    "gh issue list",
    "gh issue list --search x --label bug --mention bob",
    "gh issue view 17",
    "gh run list",
    "gh run list --workflow ci.yml --branch main",
    "gh run view 5",
    "gh run view 5 --verbose",
    "gh run view 5 --job 7",
    "gh workflow list",
    "gh repo view",
  ];
  const openGitHub = async () => {
    const github = await openRecorder(answer);
    const gh = () => ({
      url: github.url,
      authority: "api.github.com",
      rest: "",
      graphql: "/graphql",
      authorization: secrets.gh,
    });
    return {
      github,
      ...(await openPrograms({ gh, resolve: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]) })),
    };
  };
  const commandOf = (words: string | readonly string[]): Command => {
    const [command] = stagesOf(words);
    if (command === undefined) throw new Error("no command");
    return command;
  };

  it.each(lines.map((words) => [words] as const))("%s", async (words) => {
    const { github, run } = await openGitHub();
    const { refusals, outcome } = await run(commandOf(words));
    expect(refusals, outcome.stderr).toEqual([]);
    expect(github.requests.length).toBeGreaterThan(0);
    expect(github.requests.filter((line) => !line.endsWith(` ${secrets.gh}`))).toEqual([]);
  });

  it("asks an Enterprise server for every field that its --json knows", async () => {
    const { url, stop, requests } = await startGitHub();
    onTestFinished(stop);
    const { host } = new URL(url);
    const gh = () => ({
      url,
      authority: host,
      rest: "/api/v3",
      graphql: "/api/graphql",
      authorization: `token ${githubToken}`,
    });
    const { run } = await openPrograms({ gh }, url);
    const { outcome } = await run(commandOf("gh pr view 17 --json nothing"));
    const fields = [...outcome.stderr.matchAll(/^gh: {3}(\w+)$/gm)].map(([, name = ""]) => name);
    expect(fields, outcome.stderr).toContain("statusCheckRollup");
    for (const words of [
      ["pr", "view", "17"],
      ["pr", "list"],
    ]) {
      const whole = await run(commandOf(["gh", ...words, "--json", fields.join(",")]));
      expect(whole.refusals, whole.outcome.stderr).toEqual([]);
      expect(whole.outcome.stages[0]?.exitCode, whole.outcome.stderr).toBe(0);
    }
    expect(requests.length).toBeGreaterThan(1);
  });

  it("prints a nonce where its token was: the program that asks for it learns nothing", async () => {
    const { run } = await openGitHub();
    const { outcome } = await run(commandOf(["gh", "pr", "list", "--json", "title", "-q", "env.GH_TOKEN"]));
    expect(outcome.stdout).toMatch(/^[\w-]{32}\n$|^\[REDACTED/);
  });

  it("has the log fetched by the broker, and not from this machine", async () => {
    const { run, github } = await openGitHub();
    // A number that no cache of gh's knows.
    const { refusals } = await run(commandOf(`gh run view ${Date.now()} --log`));
    expect(refusals).toEqual(["logs.example stands for this machine, its link or its cloud's metadata"]);
    expect(github.requests.at(-1)).toMatch(/^GET \/repos\/o\/r\/actions\/runs\/\d+\/logs token of-gh$/);
  });
});
