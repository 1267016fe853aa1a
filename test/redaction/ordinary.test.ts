// Ordinary output of the real tools passes redaction unharmed: what an operator reads, ids and digests in it, stays as it is.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputs } from "../../bench/outputs.ts";
import { redact } from "../../src/redaction/redact.ts";
import { hasKubectl, openCluster, type Setup } from "../demo/setup.ts";
import { startKubeStub } from "../helpers/kube-stub.ts";
import { gitEnvironment } from "../helpers/git-identity.ts";

/** A name for people, and what was printed. */
type Sample = readonly [name: string, text: string];

/** Samples that redaction changes. */
const touched = (samples: readonly Sample[]): readonly string[] =>
  samples
    .filter(([, text]) => redact(text, ["credentials", "kubernetes"]).text !== text)
    .map(([name, text]) => `${name}: ${redact(text, ["credentials", "kubernetes"]).text.slice(0, 4000)}`);

const objects = ["pods", "deployments", "replicasets", "services", "nodes", "namespaces", "configmaps", "events"];
const forms = ["wide", "yaml", "json", "name"];
const kubectlLines: readonly string[] = [
  ...objects.flatMap((kind) => forms.map((form) => `get ${kind} -o ${form}`)),
  ...objects.slice(0, 5).map((kind) => `describe ${kind}`),
  ...["deployments", "pods", "replicasets"].map((kind) => `get ${kind} -o yaml --show-managed-fields`),
  "get all",
  "get pods --show-labels",
  "get pods -o jsonpath={.items[*].metadata.uid}",
  "get pods -o custom-columns=N:.metadata.name,I:.spec.containers[*].image,V:.metadata.resourceVersion",
  "get secrets",
  "get secrets -o name",
  "describe secrets",
  "logs deploy/web --tail=50",
  "logs -l app=checkout --tail=50",
  "logs deploy/checkout --previous",
  "rollout history deploy/web",
  "rollout status deploy/web --watch=false",
  "api-resources",
  "api-versions",
  "version",
  "events",
  "top pods",
  "auth can-i get pods",
  "get pods no-such-pod",
  "get no-such-kind",
];

/** Beside each other: the cluster is one, the processes are many. */
async function kubectlSamples({ kubectl }: Setup): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const line of kubectlLines) {
    const { stdout, stderr } = await kubectl(...line.split(" "));
    samples.push([`kubectl ${line}`, stdout + stderr]);
  }
  return samples;
}

const gitLines: readonly string[] = [
  "log",
  "log --oneline -n 20",
  "log -p",
  "log --stat",
  "log --format=fuller",
  "log --format=raw",
  "show HEAD",
  "show HEAD~1 --stat",
  "show HEAD:deploy.yaml",
  "diff HEAD~2 HEAD",
  "diff --name-only HEAD~2",
  "diff --stat HEAD~3",
  "status",
  "status --porcelain=v2 --branch",
  "branch -a -v",
  "rev-parse HEAD HEAD~1 HEAD^{tree}",
  "ls-files -s",
  "ls-tree -r HEAD",
  "blame deploy.yaml",
  "shortlog -sn HEAD",
  "remote -v",
  "tag -l",
  "describe --tags --always",
  "cat-file -p HEAD",
  "cat-file -p HEAD^{tree}",
];

/** A repository as a platform team keeps it: manifests, a chart's values, references to secrets but none in it. */
function gitSamples(folder: string): readonly Sample[] {
  const environment = gitEnvironment(folder);
  const git = (...words: readonly string[]): string =>
    execFileSync("git", words, { cwd: folder, env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", "https://github.com/example/platform.git");
  const manifest = (version: number): string =>
    [
      "apiVersion: apps/v1",
      "kind: Deployment",
      "metadata:",
      "  name: web",
      "spec:",
      "  template:",
      "    spec:",
      "      serviceAccountName: web",
      "      automountServiceAccountToken: false",
      "      imagePullSecrets:",
      "      - name: registry-pull-secret",
      "      containers:",
      `      - image: registry.example/web:1.${version}.0@sha256:${String(version).repeat(64).slice(0, 64)}`,
      "        name: web",
      "        env:",
      "        - name: DB_PASSWORD",
      "          valueFrom:",
      "            secretKeyRef:",
      "              key: password",
      "              name: web-db",
      "        - name: TOKEN_TTL",
      "          value: 3h",
      "",
    ].join("\n");
  for (const version of [1, 2, 3, 4]) {
    writeFileSync(path.join(folder, "deploy.yaml"), manifest(version));
    writeFileSync(
      path.join(folder, `values-${version}.yaml`),
      `replicas: ${version}\nexistingSecret: web-db\nauth:\n  tokenTtl: 3h\n`,
    );
    git("add", ".");
    git(
      "commit",
      "--quiet",
      "-m",
      `feat(web): release 1.${version}.0\n\nRotates the token cache; secrets stay where they are.`,
    );
    git("tag", `v1.${version}.0`);
  }
  return gitLines.map((line) => [`git ${line}`, git(...line.split(" "))] as const);
}

const tools = path.resolve(import.meta.dirname, "../../.tools/bin");
const helmLines: readonly string[] = [
  "list",
  "list -o json",
  "list -A",
  "history web",
  "history web -o yaml",
  "status web",
  "get notes web",
  "version",
  "status no-such-release",
];
const fluxLines: readonly string[] = ["get kustomizations", "get sources all", "version --client", "get all"];

/** A tool against a stub of the API; nothing where the tool is not there. */
async function clientSamples(binary: string, lines: readonly string[], home: string): Promise<readonly Sample[]> {
  const file = path.join(tools, binary);
  if (!existsSync(file)) return [];
  const { gzipSync } = await import("node:zlib");
  const release = {
    name: "web",
    version: 2,
    namespace: "default",
    manifest: "kind: ConfigMap\n",
    chart: { metadata: { name: "web", version: "1.0.2", appVersion: "1", apiVersion: "v2" } },
    info: { status: "deployed", notes: "Open the door.", description: "done", last_deployed: "2026-01-02T00:00:00Z" },
  };
  const stored = Buffer.from(gzipSync(JSON.stringify(release)).toString("base64")).toString("base64");
  const labels = { owner: "helm", name: "web", version: "2", status: "deployed" };
  const held = {
    type: "helm.sh/release.v1",
    metadata: { name: "sh.helm.release.v1.web.v2", namespace: "default", labels },
    data: { release: stored },
  };
  const object = {
    metadata: { name: "apps", namespace: "flux-system" },
    spec: { sourceRef: { kind: "GitRepository", name: "flux-system" } },
    status: {
      conditions: [
        {
          type: "Ready",
          status: "True",
          message: "Applied revision: main@sha1:0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        },
      ],
    },
  };
  const stub = await startKubeStub({
    "api/v1/namespaces/default/secrets": [held],
    "apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations": [object],
  });
  const env = { KUBECONFIG: stub.kubeconfig, HOME: home, HELM_NO_PLUGINS: "1" };
  const { spawn } = await import("node:child_process");
  const print = (line: string): Promise<Sample> =>
    new Promise((resolve) => {
      // Not synchronously: the stub answers in this very process.
      const child = spawn(file, line.split(" "), { env, timeout: 20_000 });
      let text = "";
      for (const pipe of [child.stdout, child.stderr]) pipe.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.once("close", () => resolve([`${binary} ${line}`, text]));
    });
  return Promise.all(lines.map(print));
}

/** What flux prints, for machines without it. */
const fluxTables: readonly Sample[] = [
  [
    "flux get",
    "NAME\tREVISION          \tSUSPENDED\tREADY\tMESSAGE\napps\tmain@sha1:0a1b2c3d\tFalse    \tTrue \tApplied revision: main@sha1:0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\n",
  ],
  [
    "flux events",
    "LAST SEEN\tTYPE   \tREASON\tOBJECT           \tMESSAGE\n2m\tWarning\tBuildFailed\tKustomization/apps\tkustomize build failed: accumulating resources: no such file\n",
  ],
  [
    "flux reconcile",
    "► annotating GitRepository flux-system in flux-system namespace\n✔ GitRepository annotated\n◎ waiting for GitRepository reconciliation\n✔ fetched revision main@sha1:0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\n",
  ],
  [
    "flux logs",
    '2026-01-01T10:00:00.000Z info Kustomization/apps.flux-system - server-side apply for cluster definitions completed \n2026-01-01T10:00:01.000Z error HelmRelease/web.default - secrets "web-db" not found \n',
  ],
  [
    "flux tree",
    "Kustomization/flux-system/apps\n├── Namespace/shop\n├── Secret/shop/web-db\n└── Deployment/shop/web\n",
  ],
];

describe.skipIf(!hasKubectl)("ordinary output", () => {
  let opened: Awaited<ReturnType<typeof openCluster>>;
  let folder: string;
  beforeAll(async () => {
    opened = await openCluster();
    folder = mkdtempSync(path.join(tmpdir(), "ai-sre-ordinary-"));
    mkdirSync(path.join(folder, "repository"));
  });
  afterAll(async () => {
    await opened?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("of a hundred commands and more passes unharmed", { timeout: 180_000 }, async () => {
    const made = outputs().map(({ name, text }) => [name, text] as const);
    const samples = [
      ...(await kubectlSamples(opened)),
      ...gitSamples(path.join(folder, "repository")),
      ...(await clientSamples("helm", helmLines, folder)),
      ...(await clientSamples("flux", fluxLines, folder)),
      ...fluxTables,
      ...made,
    ].filter(([, text]) => text !== "");
    expect(samples.length).toBeGreaterThanOrEqual(100);
    expect(touched(samples)).toEqual([]);
  });
});
