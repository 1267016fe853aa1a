// A Kubernetes API of a few resources, for the real kubectl, helm and flux: discovery, lists, gets and changes of objects that the
// test gives, and a record of what was asked. It reads every patch as a merge patch and validates nothing.
import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

/** Group/version → resource → kind. */
const served: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: {
    secrets: "Secret",
    events: "Event",
    pods: "Pod",
    configmaps: "ConfigMap",
    services: "Service",
    nodes: "Node",
    namespaces: "Namespace",
    resourcequotas: "ResourceQuota",
    limitranges: "LimitRange",
  },
  "apps/v1": { deployments: "Deployment", replicasets: "ReplicaSet", controllerrevisions: "ControllerRevision" },
  "coordination.k8s.io/v1": { leases: "Lease" },
  "metrics.k8s.io/v1beta1": { pods: "PodMetrics", nodes: "NodeMetrics" },
  "kustomize.toolkit.fluxcd.io/v1": { kustomizations: "Kustomization" },
  "helm.toolkit.fluxcd.io/v2": { helmreleases: "HelmRelease" },
  "source.toolkit.fluxcd.io/v1": { gitrepositories: "GitRepository", helmrepositories: "HelmRepository" },
};

const clusterScoped = new Set(["nodes", "namespaces"]);

const objectSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
});
type KubeObject = z.infer<typeof objectSchema>;

export interface KubeStub {
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  /** An empty folder for HOME and caches. */
  readonly folder: string;
  /** `GET /api/v1/namespaces/default/secrets`, in order, discovery left out. */
  readonly requests: readonly string[];
  /** Authorization headers, as they came; "" without one. */
  readonly logins: readonly string[];
}

/** Serves `objects` by collection, `api/v1/namespaces/default/secrets` → objects; a status instead of objects refuses. */
export async function startKubeStub(objects: Readonly<Record<string, readonly KubeObject[] | 403>>): Promise<KubeStub> {
  const store = new Map(Object.entries(objects));
  const requests: string[] = [];
  const logins: string[] = [];
  const server = createServer((request, response) => {
    logins.push(request.headers.authorization ?? "");
    const url = new URL(request.url ?? "/", "http://stub");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer =
        discovery(url.pathname) ?? objectsOf(store, request.method ?? "", url, Buffer.concat(chunks), requests);
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-kube-"));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the stub has no port");
  const kubeconfig = path.join(folder, "config");
  writeFileSync(kubeconfig, JSON.stringify(configFor(address.port)));
  return { kubeconfig, folder, requests, logins };
}

const configFor = (port: number) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "stub", cluster: { server: `http://127.0.0.1:${port}` } }],
  users: [{ name: "stub", user: {} }],
  contexts: [{ name: "stub", context: { cluster: "stub", user: "stub" } }],
  "current-context": "stub",
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What every pod of the stub has in its log. */
const logLine = {
  ts: "2026-01-01T00:00:00Z",
  level: "error",
  msg: "stub",
  controllerKind: "Kustomization",
  name: "apps",
  namespace: "flux-system",
};

/** What kubectl wants to know of a kind before it sends a manifest: that the server validates and can run dry. */
const openApi = {
  openapi: "3.0.0",
  paths: {
    "/api/v1/namespaces/{namespace}/configmaps/{name}": {
      patch: {
        parameters: ["dryRun", "fieldValidation"].map((name) => ({ name, in: "query", schema: { type: "string" } })),
        "x-kubernetes-group-version-kind": { group: "", kind: "ConfigMap", version: "v1" },
        responses: {},
      },
    },
  },
};

const ok = (body: unknown): Answer => ({ status: 200, body });
const failure = (status: number, reason: string): Answer => ({
  status,
  body: { kind: "Status", apiVersion: "v1", status: "Failure", reason, message: `${reason} by the stub`, code: status },
});

function discovery(pathname: string): Answer | undefined {
  if (pathname === "/version") return ok({ major: "1", minor: "35", gitVersion: "v1.35.2" });
  if (pathname === "/openapi/v3") {
    return ok({ paths: { "api/v1": { serverRelativeURL: "/openapi/v3/api/v1?hash=1" } } });
  }
  if (pathname === "/openapi/v3/api/v1") return ok(openApi);
  if (pathname === "/api") return ok({ kind: "APIVersions", versions: ["v1"] });
  if (pathname === "/apis") {
    const groups = Object.keys(served)
      .filter((one) => one.includes("/"))
      .map((groupVersion) => {
        const [name, version] = groupVersion.split("/");
        return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
      });
    return ok({ kind: "APIGroupList", apiVersion: "v1", groups });
  }
  const groupVersion = /^\/apis?\/([a-z0-9./]+)$/.exec(pathname)?.[1] ?? "";
  const resources = served[groupVersion];
  if (resources === undefined)
    return /^\/(?:api\/[^/]+|apis\/[^/]+(?:\/[^/]+)?)$/.test(pathname) ? failure(404, "NotFound") : undefined;
  const listed = Object.entries(resources).map(([name, kind]) => ({
    name,
    kind,
    singularName: kind.toLowerCase(),
    namespaced: !clusterScoped.has(name),
    verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  }));
  return ok({ kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: listed });
}

function objectsOf(
  store: Map<string, readonly KubeObject[] | 403>,
  method: string,
  url: URL,
  body: Buffer,
  requests: string[],
): Answer {
  requests.push(`${method} ${url.pathname}`);
  if (url.pathname.endsWith("/log")) return ok(logLine);
  const [, collection = "", name] =
    /^\/((?:api|apis\/[a-z0-9.]+)\/[a-z0-9]+(?:\/namespaces\/[a-z0-9-]+(?=\/[a-z]))?\/[a-z]+)(?:\/([a-z0-9.-]+))?(?:\/scale)?$/.exec(
      url.pathname,
    ) ?? [];
  const held = store.get(collection);
  if (held === 403) return failure(403, "Forbidden");
  const [, groupVersion = "", resource = ""] =
    /^apis?\/(.+?)(?:\/namespaces\/[^/]+)?\/([a-z]+)$/.exec(collection) ?? [];
  const kind = served[groupVersion]?.[resource];
  if (kind === undefined) return failure(404, "NotFound");
  const all = (held ?? []).map((object) => ({ apiVersion: groupVersion, kind, ...object }));
  if (name === undefined && method === "POST") {
    const made = objectSchema.parse(readNew(body));
    store.set(collection, [...all, made]);
    return { status: 201, body: { apiVersion: groupVersion, kind, ...made } };
  }
  if (name === undefined) {
    const items = all.filter((object) => selected(object, url));
    return ok({ kind: `${kind}List`, apiVersion: groupVersion, metadata: {}, items });
  }
  const object = all.find(({ metadata }) => metadata.name === name);
  if (object === undefined) return failure(404, "NotFound");
  if (url.pathname.endsWith("/scale")) return ok(scaleOf(object, method === "GET" ? {} : read(body)));
  if (method === "GET") return ok(object);
  const others = all.filter((other) => other !== object);
  if (method === "DELETE") {
    store.set(collection, others);
    return ok({ kind: "Status", apiVersion: "v1", status: "Success" });
  }
  if (isProtobuf(body)) return ok(object);
  const sent = read(body);
  const changed = objectSchema.parse(method === "PUT" ? sent : merge(object, sent));
  store.set(collection, [...others, changed]);
  return ok(changed);
}

const isProtobuf = (body: Buffer): boolean => body.subarray(0, 4).equals(Buffer.from("k8s\0"));

/** helm creates its Secrets as protobuf: the stub keeps the name and nothing else. */
function readNew(body: Buffer): unknown {
  if (!isProtobuf(body)) return read(body);
  return { metadata: { name: /sh\.helm\.release\.v1\.[a-z]+\.v\d+/.exec(body.toString("latin1"))?.[0] ?? "unknown" } };
}

const scaleOf = ({ metadata: { name } }: KubeObject, changed: unknown) => ({
  kind: "Scale",
  apiVersion: "autoscaling/v1",
  metadata: { name, namespace: "default" },
  spec: { replicas: 1, ...Object(Object(changed)["spec"]) },
  status: { replicas: 1 },
});

/** JSON, or the YAML of a server-side apply; of a JSON patch, nothing is applied. */
function read(body: Buffer): unknown {
  const sent: unknown = parse(body.toString("utf8"));
  return Array.isArray(sent) ? {} : sent;
}

/** Equality of labels and of the name is all that helm and flux ask for. */
function selected({ metadata }: KubeObject, { searchParams }: URL): boolean {
  const field = /^metadata\.name=(.*)$/.exec(searchParams.get("fieldSelector") ?? "")?.[1];
  const labels = (searchParams.get("labelSelector") ?? "").split(",").filter((term) => /^[^!=]+=[^=]+$/.test(term));
  return (
    (field === undefined || field === metadata.name) &&
    labels.every((term) => metadata.labels?.[term.split("=")[0] ?? ""] === term.split("=")[1])
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** RFC 7396. */
function merge(base: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}
