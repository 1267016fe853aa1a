// The real helm over our chart. Used by the chart's tests.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../..");
export const helmFile = path.join(root, ".tools/bin/helm");
export const chartFolder = path.join(root, "chart");
export const hasHelm = existsSync(helmFile);

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Manifest = z.output<typeof manifest>;

export type Values = Readonly<Record<string, unknown>>;

/** What every installation needs. */
export const leastValues: Values = { secrets: { apiKey: { name: "ai-sre-keys" } } };

export interface HelmRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `helm WORDS --values FILE`, or without values, with a home of its own. */
export function runHelm(
  words: readonly string[],
  values?: Values,
  environment: Readonly<Record<string, string>> = {},
): HelmRun {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-helm-"));
  try {
    const file = path.join(folder, "values.yaml");
    writeFileSync(file, JSON.stringify(values ?? {}));
    return spawnSync(helmFile, [...words, ...(values === undefined ? [] : ["--values", file])], {
      encoding: "utf8",
      env: { HOME: folder, ...environment },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What would be installed as release `ai-sre` in namespace `ops`. @throws what helm says when it refuses */
export function renderChart(values: Values): readonly Manifest[] {
  const { status, stdout, stderr } = runHelm(["template", "ai-sre", chartFolder, "--namespace", "ops"], values);
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document): unknown => document.toJS())
    .filter((value) => value !== null)
    .map((value) => manifest.parse(value));
}

/** Value sets as people have them; rendered here, and held against a real API server in cluster.test.ts. */
export const valueSets: Readonly<Record<string, Values>> = {
  least: leastValues,
  "two replicas": {
    ...leastValues,
    replicas: 2,
    secrets: {
      apiKey: { name: "keys" },
      approverKey: { name: "keys" },
      signingKey: { name: "keys" },
      githubToken: { name: "github" },
      principals: { name: "keys" },
    },
    approvals: { ledger: "kubernetes" },
  },
  "git and monitoring": {
    ...leastValues,
    github: { repository: "o/r", serverUrl: "https://github.example.com" },
    prometheusUrl: "http://prometheus.monitoring.svc:9090",
    alertmanagerUrl: "http://alertmanager.monitoring.svc:9093",
    networkPolicy: {
      from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "n8n" } } }],
      metricsFrom: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
      apiServer: { cidrs: ["10.96.0.1/32"] },
      monitoring: { to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }] },
      github: { cidrs: ["140.82.112.0/20"] },
    },
    tracing: { endpoint: "http://otel-collector:4318" },
  },
  "another site": {
    ...leastValues,
    site: {
      namespaces: ["default", "staging"],
      flux_namespace: "gitops",
      kinds: [{ group: "example.org", resource: "widgets", kind: "Widget", namespaced: true }],
      apply_kinds: ["apps/v1/Deployment", "example.org/v1/Widget"],
      cluster_resources: ["nodes"],
      limits: { timeout_ms: 20_000 },
    },
  },
  "only looking": {
    ...leastValues,
    site: { mode: "read_only", binaries: ["kubectl", "jq"], cluster_resources: [] },
    sandbox: "prefer",
    networkPolicy: { enabled: false },
  },
  "an own policy, signed, on chosen nodes": {
    ...leastValues,
    policy: { configMap: "ai-sre-policy", publicKey: { configMap: "ai-sre-policy-key" } },
    image: { digest: `sha256:${"a".repeat(64)}`, pullSecrets: [{ name: "registry" }] },
    podAnnotations: { "example.org/a": "b" },
    nodeSelector: { "kubernetes.io/arch": "arm64" },
    tolerations: [{ key: "ops", operator: "Exists", effect: "NoSchedule" }],
    affinity: { nodeAffinity: {} },
    priorityClassName: "system-cluster-critical",
    serviceAccount: { create: false, name: "given" },
    rbac: { helmReleases: true },
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    monitoring: { dashboard: { enabled: true } },
  },
};
