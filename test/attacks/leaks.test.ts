// The leak hunt: a canary in every place where a credential lies, in the server's configuration and in the cluster, and then
// calls of every kind through every door. Afterwards no canary is in anything that leaves the server or is left by it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startSimulatedCluster } from "../../demo/cluster/start.ts";
import { carried, type Canary, canaryFor } from "../helpers/canary.ts";
import { type AnyClient, clientKind, stdioKinds } from "../helpers/clients.ts";
import { openGitServer, token as gitToken } from "../helpers/git-server.ts";
import { startCollector } from "../helpers/otlp.ts";
import { startServer } from "../helpers/server.ts";
import { watchTools } from "../helpers/watched-tools.ts";
import { hasGit } from "../workspace/setup.ts";

const kubectl = path.resolve(import.meta.dirname, "../../.tools/bin/kubectl");

/** Calls of every kind: answers, refusals, errors, crashes, pipelines, changes. */
const calls: readonly (readonly [tool: string, own: Record<string, unknown>])[] = [
  ...[
    "kubectl get pods -o wide",
    "kubectl get deployment web -o json",
    "kubectl get deployment web -o yaml",
    "kubectl get deployment,configmap,secret -o yaml",
    "kubectl get configmap -o yaml",
    "kubectl get configmap -o json",
    "kubectl describe deployment web",
    "kubectl describe configmap",
    "kubectl get secret checkout-db -o yaml",
    "kubectl describe secret checkout-db",
    "kubectl logs deploy/web",
    "kubectl logs deploy/web | base64",
    "kubectl logs deploy/web | rev",
    "kubectl logs deploy/web | tr A-Za-z N-ZA-Mn-za-m",
    "kubectl get deployment web -o json | jq -c .spec",
    "kubectl get deployment web -o json | jq -r @base64",
    "kubectl get configmap checkout-settings -o json | jq -r '.data | @uri'",
    "kubectl get deployment web -o json | base64 -w 0 | rev",
    "kubectl get deployment web -o jsonpath={.spec.template.spec.containers}",
    "kubectl get deployment web -o jsonpath={.metadata.annotations}",
    "kubectl get deployment web -o go-template={{.spec}}",
    "kubectl get deployment web -o jsonpath={..value}",
    "kubectl get deployment nope -o yaml",
    "kubectl get nonsense",
    "kubectl config view --raw",
    "kubectl get pods -v=9",
    "kubectl get --raw /api/v1/secrets",
    "kubectl auth whoami",
    "kubectl get events",
    "cat /proc/self/environ",
    "jq -n env",
    "jq -n $ENV",
    "git status",
    "git log -p",
    "git fetch origin",
    "git config --list",
    "git remote -v",
    "git push origin HEAD:refs/heads/main",
    "git show HEAD:nope",
    "gh pr list -R o/r",
    "gh auth token",
    "helm list",
    "helm get values hunted",
    "flux get all",
    "curl -sv http://127.0.0.1:1/",
    "sort /etc/passwd",
  ].map((command) => ["cli_tool", { command }] as const),
  ["cli_tool", { argv: ["jq", "-n", 'error("x")'] }],
  ["cli_tool", { argv: ["jq", "-n", "def f: f; f"], timeout_seconds: 1 }],
  ["cli_tool", { argv: ["jq", "-n", "range(1e7)"] }],
  ["git_commit", { message: "x", changes: [{ path: "a.yaml", content: "a: 1\n" }], branch: "ai-sre/x" }],
  ["git_status", {}],
  ["git_pull", {}],
  ["kubectl_logs", { resource: "deploy/web" }],
  ["kubectl_rollout_restart", { resource: "deployment", name: "web", reason: "leak hunt" }],
  ["server_info", {}],
  ["no_such_tool", {}],
  ["kubectl_get", { resource: 1 }],
];

interface Found {
  readonly place: string;
  readonly what: string;
}

describe.skipIf(!hasGit || !existsSync(kubectl))("the leak hunt", () => {
  it("finds no canary where it does not belong", { timeout: 600_000 }, async () => {
    const root = mkdtempSync(path.join(tmpdir(), "ai-sre-leaks-"));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const [runs, held] = ["runs", "held"].map((name) => path.join(root, name));
    if (runs === undefined || held === undefined) throw new Error("no folders");
    for (const folder of [runs, held]) mkdirSync(folder);

    const slots = {
      key: canaryFor("MCP_API_KEY"),
      approver: canaryFor("MCP_APPROVER_KEY"),
      principal: canaryFor("key of a principal"),
      secretKey: canaryFor("secret key"),
      kubeToken: canaryFor("kubeconfig token"),
      kubeKey: canaryFor("kubeconfig client key"),
      kubePassword: canaryFor("kubeconfig password"),
      wrongKey: canaryFor("a wrong key"),
      keyInUrl: canaryFor("a key in the URL"),
    };
    const objects = {
      stringData: canaryFor("Secret stringData"),
      env: canaryFor("env value"),
      flag: canaryFor("argument of a container"),
      annotation: canaryFor("token in an annotation", "ghp_"),
      config: canaryFor("ConfigMap value"),
      block: canaryFor("ConfigMap block"),
      log: canaryFor("log line"),
      logged: canaryFor("token in a log", "Bearer 1a"),
    };
    const github: Canary = { slot: "GITHUB_TOKEN", value: gitToken };
    const principalHash = createHash("sha256").update(slots.principal.value).digest("hex");
    const cluster = await startSimulatedCluster();
    onTestFinished(() => cluster.stop());
    const canaries: readonly Canary[] = [
      plant(cluster.kubeconfig, objects),
      ...Object.values(slots),
      ...Object.values(objects),
      github,
      { slot: "hash of a principal's key", value: principalHash },
    ];
    // The shapes that end at a character which is none of theirs: only what they would take is a secret.
    const bare = (canary: Canary) => ({ ...canary, value: canary.value.replace(/^Bearer /, "").replace(/\/x$/, "") });
    const hunted = canaries.map(bare);

    const kubeconfig = path.join(held, "kubeconfig");
    writeFileSync(kubeconfig, withCredentials(readFileSync(cluster.kubeconfig, "utf8"), slots));
    const secretKeyFile = path.join(held, "secret-key");
    writeFileSync(secretKeyFile, slots.secretKey.value.repeat(2));
    const principalsFile = path.join(held, "principals.yaml");
    writeFileSync(principalsFile, `- id: hunter\n  roles: [viewer]\n  key_sha256: [${principalHash}]\n`);

    const remote = await openGitServer();
    const tools = watchTools(root, {
      logs: `connected password=${objects.log.value} with Authorization: ${objects.logged.value}`,
    });
    const collector = await startCollector();
    onTestFinished(() => collector.close());
    const server = await startServer({
      TMPDIR: runs,
      LOG_LEVEL: "debug",
      AISRE_SANDBOX: "off",
      MCP_API_KEY: slots.key.value,
      MCP_APPROVER_KEY: slots.approver.value,
      AISRE_PRINCIPALS_FILE: principalsFile,
      AISRE_SECRET_KEY_FILE: secretKeyFile,
      GITHUB_TOKEN: gitToken,
      GITHUB_REPO: "o/r",
      GITHUB_SERVER_URL: remote.url,
      AISRE_WORKSPACE: path.join(runs, "workspace"),
      AISRE_TOOL_PATH: tools.folder,
      KUBECONFIG: kubeconfig,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    });
    const endSampling = tools.sample(server.pid);
    const results: string[] = [];
    const codes = new Set<string>();
    const askAll = async (client: AnyClient, some: typeof calls): Promise<void> => {
      for (const [tool, own] of some) {
        const result = await client.call(tool, own).catch((error: unknown) => ({ error: String(error) }));
        const text = JSON.stringify(result);
        results.push(text);
        codes.add(/"code\\?":\\?"(\w+)/.exec(text)?.[1] ?? "none");
      }
      await client.close();
    };
    const place = { ...server, key: slots.key.value };
    await askAll(await clientKind("SDK 1.32.2 over WebSocket, 2025-11-25").connect(place), calls);
    const some = calls.filter((_call, index) => index % 3 === 0);
    await askAll(await clientKind("v2 client over HTTP, 2026-07-28").connect(place), some);
    const other = { ...server, key: slots.principal.value };
    await askAll(await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(other), some.slice(0, 6));
    const [overStdio] = stdioKinds;
    if (overStdio !== undefined) await askAll(await overStdio.connect(place), some.slice(0, 8));
    for (const [headers, query] of [
      [{ authorization: `Bearer ${slots.wrongKey.value}` }, ""],
      [{ authorization: `Basic ${slots.wrongKey.value}` }, ""],
      [{}, `?access_token=${encodeURIComponent(slots.keyInUrl.value)}`],
    ] as const) {
      const refused = await fetch(server.url + query, { method: "POST", headers, body: "{" });
      results.push(await refused.text(), JSON.stringify([...refused.headers]));
    }
    const metrics = await (await fetch(`${server.metricsBase}/metrics`)).text();
    const health = await (await fetch(`${server.base}/health`)).text();
    endSampling();
    const left = filesBelow(runs);
    const [audit, log] = [filesBelow(server.folder), () => server.stderr()];
    const noted = tools.noted();
    await server.close();

    // It was a hunt: calls ran, were refused and failed, programs ran, records and spans came.
    for (const code of ["ok", "denied", "not_understood", "exited", "timed_out", "invalid_arguments"])
      expect([...codes], code).toContain(code);
    expect(new Set(noted.map(([title]) => title)).size).toBeGreaterThan(5);
    expect(collector.spans.length).toBeGreaterThan(20);
    expect(audit.length).toBeGreaterThan(0);
    expect(metrics).toContain("aisre_redactions_total");
    // The token was in use all the time.
    const login = Buffer.from(`x-access-token:${gitToken}`).toString("base64");
    expect(remote.headers.some((header) => header.includes(login))).toBe(true);

    const places: readonly (readonly [place: string, text: string])[] = [
      ...results.map((text, index) => [`result ${index}`, text] as const),
      ...audit.map(([file, text]) => [`audit ${path.basename(file)}`, text] as const),
      ["log", log()],
      ["spans", collector.text()],
      ["metrics", metrics],
      ["health", health],
      ...left.map(([file, text]) => [`file ${file}`, text] as const),
      ...noted.map(([title, text]) => [title, text] as const),
    ];
    const found = places.flatMap(([place, text]) => carried(text, hunted).map((what): Found => ({ place, what })));
    expect([...new Set(found.map(({ place, what }) => `${place}: ${what}`))]).toEqual([]);
  });
});

/** A ConfigMap and a deployment that hold canaries in every way that people put credentials there; answers what the Secret holds. */
function plant(kubeconfig: string, objects: Readonly<Record<string, Canary>>): Canary {
  const value = (name: string): string => objects[name]?.value ?? "";
  const apply = (words: readonly string[]): void => {
    execFileSync(kubectl, [`--kubeconfig=${kubeconfig}`, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  };
  const container = {
    name: "web",
    args: ["--db-password", value("flag"), `--db-token=${value("flag")}`],
    env: [
      { name: "DB_PASSWORD", value: value("env") },
      { name: "GH", value: value("annotation") },
    ],
  };
  const applied = { apiVersion: "v1", kind: "Secret", stringData: { a: value("stringData") } };
  const annotations = {
    note: value("annotation"),
    "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(applied),
  };
  const patch = { metadata: { annotations }, spec: { template: { spec: { containers: [container] } } } };
  apply(["patch", "deployment", "web", `--patch=${JSON.stringify(patch)}`]);
  const config = {
    "db.password": value("config"),
    "app.yaml": `db:\n  password: |\n    ${value("block")}\n  port: 1\n`,
  };
  apply(["patch", "configmap", "checkout-settings", `--patch=${JSON.stringify({ data: config })}`]);
  // Random since the simulated cluster started.
  const words = ["get", "secret", "checkout-db", "-o", "jsonpath={.data.DB_PASSWORD}"];
  const data = execFileSync(kubectl, [`--kubeconfig=${kubeconfig}`, ...words], { encoding: "utf8" });
  return { slot: "Secret data", value: Buffer.from(data, "base64").toString() };
}

/** The kubeconfig with a login for its context, and another context with more of them. */
function withCredentials(kubeconfig: string, slots: Readonly<Record<string, Canary>>): string {
  const user = { token: slots["kubeToken"]?.value };
  const other = {
    "client-key-data": Buffer.from(slots["kubeKey"]?.value ?? "").toString("base64"),
    password: slots["kubePassword"]?.value,
  };
  const config: unknown = JSON.parse(kubeconfig);
  return JSON.stringify({
    ...(typeof config === "object" ? config : {}),
    users: [
      { name: "simulated", user },
      { name: "other", user: other },
    ],
  });
}

/** Every file with its text; git's packed objects too, as they are. */
function filesBelow(folder: string): readonly (readonly [file: string, text: string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [file, readFileSync(file, "latin1")] as const);
}
