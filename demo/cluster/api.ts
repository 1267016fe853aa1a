// The simulated Kubernetes API: one request in, one answer out. It knows no sockets (http.ts does) and judges nothing:
// whoever knows the token may do everything, so that each refusal an agent sees comes from AI SRE.
import { type Answer, failure, notFound, ok } from "./answers.ts";
import { changeObject, changeScale, removeObject, scaleOf, storeObject, type Write } from "./changes.ts";
import type { Controller } from "./controller.ts";
import { discoveryDocument, groupVersionOf, type Resource, resources } from "./discovery.ts";
import { isFields } from "./fields.ts";
import { openApiDocument } from "./openapi.ts";
import { podLog } from "./pod-log.ts";
import { readSecret } from "./protobuf.ts";
import { review } from "./reviews.ts";
import { selectorFilter } from "./selectors.ts";
import type { Store } from "./store.ts";
import { toTable } from "./tables.ts";
import { watchOf } from "./watches.ts";

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly contentType: string;
  readonly body: Buffer;
}

const serverVersion = {
  major: "1",
  minor: "35",
  gitVersion: "v1.35.2+simulated",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: "linux/amd64",
};

export function createApi(store: Store, controller: Controller): (request: ApiRequest) => Answer {
  return (request) => {
    const { method, path, accept } = request;
    if (path === "/version") return ok(serverVersion);
    if (/^\/(healthz|livez|readyz)$/.test(path)) return { code: 200, text: "ok", type: "text/plain" };
    const document = discoveryDocument(path, accept);
    if (document !== undefined) return ok(document.body, document.type);
    const openApi = openApiDocument(path);
    if (openApi !== undefined) return ok(openApi);
    const target = targetOf(path);
    if (target === undefined) return failure(404, "the server could not find the requested resource");
    try {
      switch (method) {
        case "GET":
          return look(store, target, request);
        case "POST":
          return target.namespace === undefined ? review(target.resource) : write(store, target, request);
        case "PUT":
          return write(store, target, request);
        case "PATCH":
        case "DELETE":
          return change(store, controller, target, request);
        default:
          return failure(405, `the simulated cluster does not know ${method}`);
      }
    } catch (error) {
      return failure(400, error instanceof Error ? error.message : "unreadable request");
    }
  };
}

interface Target {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** `/api/v1/namespaces/NS/pods/NAME/log` and its shorter and grouped forms. */
function targetOf(path: string): Target | undefined {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))\/(.+)$/.exec(path);
  const [, core, grouped, rest = ""] = match ?? [];
  const parts = rest.split("/").map(decodeURIComponent);
  const isNamespaced = parts[0] === "namespaces" && parts.length > 2;
  const [plural, name, subresource, ...more] = isNamespaced ? parts.slice(2) : parts;
  const resource = resources.find((known) => known.name === plural && groupVersionOf(known) === (core ?? grouped));
  if (resource === undefined || more.length > 0) return undefined;
  return {
    resource,
    ...(isNamespaced ? { namespace: parts[1] ?? "" } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function look(store: Store, { resource, namespace, name, subresource }: Target, request: ApiRequest): Answer {
  const asTable = request.accept.includes("as=Table");
  const include = request.query.get("includeObject") ?? "Metadata";
  if (name === undefined) {
    const filter = selectorFilter(request.query.get("labelSelector") ?? "", request.query.get("fieldSelector") ?? "");
    const isWatch = /^(true|1)$/.test(request.query.get("watch") ?? "");
    if (isWatch) return { code: 200, watch: watchOf(store, resource, namespace, filter, request.query) };
    const items = store.list(resource.name, namespace).filter(filter);
    if (asTable) return ok(toTable(resource.name, items, store.version, include));
    const metadata = { resourceVersion: String(store.version) };
    return ok({ kind: `${resource.kind}List`, apiVersion: groupVersionOf(resource), metadata, items });
  }
  const found = store.get(resource.name, namespace, name);
  if (found === undefined) return notFound(resource.name, name);
  if (subresource === "log" && resource.name === "pods") return podLog(found, request.query);
  if (subresource === "scale" && resource.name === "deployments") return ok(scaleOf(found));
  if (subresource !== undefined) return failure(404, "the server could not find the requested resource");
  return ok(asTable ? toTable(resource.name, [found], store.version, include) : found);
}

function change(store: Store, controller: Controller, target: Target, request: ApiRequest): Answer {
  const { resource, namespace, name, subresource } = target;
  const verb = request.method === "PATCH" ? "patch" : "delete";
  const isScale = subresource === "scale" && resource.name === "deployments" && verb === "patch";
  if (!resource.verbs.includes(verb) || name === undefined || (subresource !== undefined && !isScale)) {
    return failure(405, `the simulated cluster does not ${verb} ${resource.name}`);
  }
  const object = store.get(resource.name, namespace, name);
  if (object === undefined) return notFound(resource.name, name);
  const sent = bodyOf(request);
  const inBody = isFields(sent) && JSON.stringify(sent["dryRun"] ?? "").includes("All");
  const isDry = request.query.getAll("dryRun").includes("All") || inBody;
  const write: Write = { store, controller, resource: resource.name, object, isDry };
  if (isScale) return changeScale(write, sent);
  return verb === "patch" ? changeObject(write, sent, request.contentType) : removeObject(write);
}

/** What is made and replaced whole: the Secrets in which helm keeps its releases, and Leases. */
function write(store: Store, { resource, namespace = "", subresource }: Target, request: ApiRequest): Answer {
  const verb = request.method === "PUT" ? "update" : "create";
  if (!resource.verbs.includes(verb) || subresource !== undefined)
    return failure(405, `the simulated cluster does not ${verb} ${resource.name}`);
  const isDry = request.query.getAll("dryRun").includes("All");
  return storeObject({ store, resource: resource.name, namespace, isDry }, bodyOf(request), verb === "update");
}

/** Patches and delete options come as JSON, helm's Secrets as protobuf; the bodies of reviews are never read. */
function bodyOf({ body, contentType }: ApiRequest): unknown {
  if (body.length === 0) return {};
  return contentType.includes("protobuf") ? readSecret(body) : JSON.parse(body.toString("utf8"));
}
