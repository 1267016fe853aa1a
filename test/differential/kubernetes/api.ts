// A Kubernetes API that holds nothing, makes up whatever is asked for and records every request but those for discovery. A
// counterpart for kubectl, helm and flux: what they asked for is what they did.
import { createServer, type IncomingMessage } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ResourceKind } from "../../../src/domain/command.ts";
import { discoveryAt, groupVersionOf, kinds } from "./discovery.ts";
import { objectOf, scaleOf } from "./objects.ts";

/** Where a path of the API points. */
export interface Place {
  readonly kind: ResourceKind;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** Undefined for paths that name no kind we know. */
  readonly place: Place | undefined;
}

export interface RecordingApi {
  readonly kubeconfig: string;
  /** An empty folder for HOME and caches. */
  readonly folder: string;
  /** Forgets what was asked and what was deleted. */
  readonly begin: () => void;
  readonly requests: () => readonly ApiRequest[];
  readonly close: () => Promise<void>;
}

/** Objects of this name do not exist; those that begin with it do. */
export const missingName = "0";

/** An answer of the adapter's own, for kinds that a tool reads more into. */
export type Answers = (request: ApiRequest) => unknown;

export async function startRecordingApi(answers: Answers = () => undefined): Promise<RecordingApi> {
  let requests: ApiRequest[] = [];
  const server = createServer((incoming, response) => {
    void bodyOf(incoming).then((body) => {
      const url = new URL(incoming.url ?? "/", "http://stub");
      const document = discoveryAt(url.pathname);
      const { pathname: path, searchParams: query } = url;
      const request = { method: incoming.method ?? "", path, query, body, place: placeOf(path) };
      const known = document ?? (path.startsWith("/openapi") ? {} : undefined);
      if (known === undefined) requests.push(request);
      const answer = known === undefined ? (answers(request) ?? answerOf(request, requests)) : known;
      if (typeof answer === "string") return response.writeHead(200, { "content-type": "text/plain" }).end(answer);
      const code = answer === missing ? 404 : 200;
      return response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the stub has no port");
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-api-"));
  const kubeconfig = path.join(folder, "config");
  writeFileSync(kubeconfig, JSON.stringify(configFor(address.port)));
  return {
    kubeconfig,
    folder,
    begin: () => (requests = []),
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

const configFor = (port: number) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "stub", cluster: { server: `http://127.0.0.1:${port}` } }],
  users: [{ name: "stub", user: {} }],
  contexts: [{ name: "stub", context: { cluster: "stub", user: "stub" } }],
  "current-context": "stub",
});

/** `/api/v1/namespaces/NS/pods/NAME/log` and its shorter and grouped forms. */
function placeOf(path: string): Place | undefined {
  const [, group = "", rest = ""] = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/(.+)$/.exec(path) ?? [];
  const parts = rest.split("/").map(decodeURIComponent);
  const isInside = parts[0] === "namespaces" && parts.length > 2;
  const [resource, name, subresource] = isInside ? parts.slice(2) : parts;
  const kind = kinds.find((known) => known.resource === resource && known.group === group);
  if (kind === undefined) return undefined;
  return {
    kind,
    ...(isInside ? { namespace: parts[1] ?? "" } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

export const missing = {
  kind: "Status",
  apiVersion: "v1",
  status: "Failure",
  reason: "NotFound",
  message: "not found",
  code: 404,
};
const reviewed = { allowed: true, resourceRules: [], nonResourceRules: [], userInfo: { username: "stub" } };

function answerOf({ method, query, place }: ApiRequest, requests: readonly ApiRequest[]): unknown {
  if (place === undefined) return missing;
  const { kind, namespace, name, subresource } = place;
  if (kind.resource.startsWith("selfsubject"))
    return { apiVersion: groupVersionOf(kind), kind: kind.kind, metadata: {}, spec: {}, status: reviewed };
  if (name === undefined) return method === "POST" ? objectOf(kind, "created", namespace) : listOf(place, query);
  const isGone = requests.some(
    (other) => other.method === "DELETE" && other.place?.name === name && method === "GET" && !isDry(other),
  );
  if (name === missingName || isGone) return missing;
  if (subresource === "log") return "a line\n";
  return subresource === "scale" ? scaleOf(name, namespace) : objectOf(kind, name, namespace);
}

/** Asks the server to change nothing. */
export const isDry = ({ query, body }: Pick<ApiRequest, "query" | "body">): boolean =>
  query.getAll("dryRun").includes("All") || /"dryRun":\["All"\]/.test(body);

function listOf({ kind, namespace }: Place, query: URLSearchParams): unknown {
  // A watch ends at once, with nothing to tell.
  if (/^(?:true|1)$/.test(query.get("watch") ?? "")) return "";
  const [, only] = /(?:^|,)metadata\.name=([^,]*)/.exec(query.get("fieldSelector") ?? "") ?? [];
  const names = only === undefined ? ["a", `${missingName}-x`, "web-1"] : only === missingName ? [] : [only];
  const home = kind.namespaced ? (namespace ?? "default") : undefined;
  const items = names.map((name, turn) => objectOf(kind, name, home, turn));
  return { kind: `${kind.kind}List`, apiVersion: groupVersionOf(kind), metadata: { resourceVersion: "1" }, items };
}
