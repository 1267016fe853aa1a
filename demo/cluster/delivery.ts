// What delivers to the simulated cluster when it starts: Flux's objects, some of them not ready, and one Helm release with two
// revisions. Used by main.ts only; flux-controller.ts answers when one of them is asked to reconcile.
import { gzipSync } from "node:zlib";
import { named } from "./objects.ts";
import { timestamp } from "./names.ts";
import type { Store } from "./store.ts";

const day = 24 * 60 * 60_000;
const fluxNamespace = "flux-system";
const revision = "main@sha1:3f786850e387550fdab836ed7e6dc881de23001b";

interface Delivered {
  readonly resource: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly spec: object;
  readonly status?: object;
  /** Why it is not ready; absent: it is. */
  readonly failure?: readonly [reason: string, message: string];
}

const kustomization = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  resource: "kustomizations",
};
const applied = { lastAppliedRevision: revision, lastAttemptedRevision: revision };
const fromGit = { sourceRef: { kind: "GitRepository", name: "flux-system" }, interval: "10m", prune: true };
const source = "source.toolkit.fluxcd.io/v1";
const image = "image.toolkit.fluxcd.io/v1";

const delivered: readonly Delivered[] = [
  {
    resource: "gitrepositories",
    apiVersion: source,
    kind: "GitRepository",
    name: "flux-system",
    spec: { url: "https://github.com/example/clusters", interval: "1m", ref: { branch: "main" } },
    status: { artifact: { revision, digest: "sha256:0", path: "clusters.tar.gz", url: "http://simulated/clusters" } },
  },
  {
    resource: "helmrepositories",
    apiVersion: source,
    kind: "HelmRepository",
    name: "charts",
    spec: { url: "https://charts.example.org", interval: "1h" },
    failure: ["IndexationFailed", "failed to fetch Helm repository index: charts.example.org: no such host"],
  },
  { ...kustomization, name: "infra", spec: { ...fromGit, path: "./infra" }, status: applied },
  {
    ...kustomization,
    name: "apps",
    spec: { ...fromGit, path: "./apps" },
    status: applied,
    failure: ["BuildFailed", "kustomize build failed: apps/checkout: no such file or directory"],
  },
  { ...kustomization, name: "paused", spec: { ...fromGit, path: "./paused", suspend: true }, status: applied },
  {
    resource: "helmreleases",
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    name: "ingress",
    spec: { interval: "10m", chart: { spec: { chart: "ingress", version: "1.2.0" } } },
    failure: ["UpgradeFailed", "Helm upgrade failed: context deadline exceeded"],
  },
  {
    resource: "imagerepositories",
    apiVersion: image,
    kind: "ImageRepository",
    name: "checkout",
    spec: { image: "example/checkout", interval: "5m" },
    failure: ["ReadOperationFailed", "UNAUTHORIZED: authentication required"],
  },
  {
    resource: "imagepolicies",
    apiVersion: image,
    kind: "ImagePolicy",
    name: "checkout",
    spec: { imageRepositoryRef: { name: "checkout" }, policy: { semver: { range: "2.x" } } },
    status: { latestRef: { name: "example/checkout", tag: "2.14.1" } },
  },
];

/** Adds to a seeded store; ages count back from `nowMs`. */
export function seedDelivery(store: Store, nowMs: number): void {
  const createdMs = nowMs - 41 * day;
  store.put("namespaces", {
    ...named("v1", "Namespace", fluxNamespace, createdMs),
    status: { phase: "Active" },
  });
  for (const { resource, apiVersion, kind, name, spec, status, failure } of delivered) {
    const [reason, message] = failure ?? ["Succeeded", `Applied revision: ${revision}`];
    const ready = { type: "Ready", status: failure === undefined ? "True" : "False", reason, message };
    const object = named(apiVersion, kind, name, createdMs, fluxNamespace);
    store.put(resource, {
      ...object,
      metadata: { ...object.metadata, generation: 1 },
      spec,
      status: {
        ...status,
        observedGeneration: 1,
        conditions: [{ ...ready, observedGeneration: 1, lastTransitionTime: timestamp(createdMs) }],
      },
    });
  }
  store.put("secrets", release(1, "superseded", nowMs - 9 * day));
  store.put("secrets", release(2, "deployed", nowMs - 2 * day));
  store.put("configmaps", {
    ...named("v1", "ConfigMap", "cache-settings", nowMs - 9 * day, "default", helmLabels),
    data: { SIZE: "2" },
  });
}

const helmLabels = { "app.kubernetes.io/managed-by": "Helm" };

/** A revision of the release `cache` as helm stores it: JSON, gzip, base64, and base64 again as every Secret. */
function release(version: number, status: string, atMs: number) {
  const name = "cache";
  const manifest = [
    "apiVersion: v1",
    "kind: ConfigMap",
    `metadata:\n  name: cache-settings\n  labels:\n    app.kubernetes.io/managed-by: Helm`,
    `data:\n  SIZE: "${version}"\n`,
  ].join("\n");
  const time = timestamp(atMs);
  const stored = gzipSync(
    JSON.stringify({
      name,
      version,
      namespace: "default",
      manifest,
      config: { password: `simulated-password-${version}` },
      chart: { metadata: { name, version: `1.0.${version}`, appVersion: "7", apiVersion: "v2" } },
      info: {
        status,
        notes: "The cache listens on cache:6379.",
        description: version === 1 ? "Install complete" : "Upgrade complete",
        first_deployed: timestamp(atMs),
        last_deployed: time,
      },
    }),
  ).toString("base64");
  const labels = { owner: "helm", name, version: String(version), status };
  return {
    ...named("v1", "Secret", `sh.helm.release.v1.${name}.v${version}`, atMs, "default", labels),
    type: "helm.sh/release.v1",
    data: { release: Buffer.from(stored).toString("base64") },
  };
}
