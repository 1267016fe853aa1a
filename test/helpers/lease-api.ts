// A stand-in for the Lease API of Kubernetes: create, get, list and delete over real HTTP, with the API server's own answers. It
// says a name is taken exactly as a kube-apiserver does; the tests of the ledger need no more of a cluster.
import { createServer } from "node:http";
import { once } from "node:events";
import { Agent } from "node:http";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { createClusterApi } from "../../src/cluster/api.ts";
import { createLeases } from "../../src/cluster/leases.ts";
import type { Leases } from "../../src/domain/approval.ts";

const leaseSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
});

export interface LeaseApi {
  /** As the server has them; each call is a client of its own. */
  leases(): Leases;
  /** `POST /apis/coordination.k8s.io/v1/namespaces/ai-sre/leases`, in order. */
  readonly requests: readonly string[];
  readonly names: () => readonly string[];
  /** Answers everything so from now on; undefined: as it should be. */
  fails: number | "hangs up" | "hangs up once" | undefined;
}

const namespace = "ai-sre";
const collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

export async function startLeaseApi(): Promise<LeaseApi> {
  const store = new Map<string, z.output<typeof leaseSchema>>();
  const requests: string[] = [];
  const api = { fails: undefined as LeaseApi["fails"] };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://api");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push(`${request.method} ${pathname}`);
      if (api.fails === "hangs up once") {
        api.fails = undefined;
        return void request.socket.destroy();
      }
      if (api.fails === "hangs up") return void request.socket.destroy();
      const { status, body } =
        api.fails === undefined
          ? answer(store, request.method ?? "", pathname, searchParams, Buffer.concat(chunks).toString())
          : failure(api.fails, api.fails === 403 ? "Forbidden" : "InternalError");
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the Lease API has no port");
  const upstream = { url: `http://127.0.0.1:${address.port}` };
  return Object.assign(api, {
    requests,
    names: () => [...store.keys()],
    leases: () => {
      const agent = new Agent({ keepAlive: true });
      onTestFinished(() => agent.destroy());
      return createLeases(createClusterApi({ upstream: () => upstream, agentFor: () => agent }), namespace);
    },
  });
}

function answer(
  store: Map<string, z.output<typeof leaseSchema>>,
  method: string,
  pathname: string,
  query: URLSearchParams,
  text: string,
): { readonly status: number; readonly body: unknown } {
  if (pathname === collection && method === "POST") {
    const lease = leaseSchema.parse(JSON.parse(text));
    const { name } = lease.metadata;
    if (store.has(name)) return failure(409, "AlreadyExists");
    store.set(name, lease);
    return { status: 201, body: lease };
  }
  if (pathname === collection) {
    const [key = "", value] = (query.get("labelSelector") ?? "").split("=");
    const items = [...store.values()].filter(({ metadata: { labels } }) => labels?.[key] === value);
    return { status: 200, body: { kind: "LeaseList", items } };
  }
  const name = pathname.slice(collection.length + 1);
  const held = store.get(name);
  if (held === undefined) return failure(404, "NotFound");
  if (method === "DELETE") store.delete(name);
  return { status: 200, body: held };
}

const failure = (status: number, reason: string) => ({ status, body: { kind: "Status", status: "Failure", reason } });
