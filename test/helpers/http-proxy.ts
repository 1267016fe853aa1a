// A proxy on loopback: it adds a bearer key to every request, since the conformance suite cannot send credentials, hands requests to
// several servers by turns, as a service in front of replicas may, or to one of several by what is asked.
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface HttpProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on loopback and forwards to `target`, path and all. */
export const startBearerProxy = (target: string, key: string): Promise<HttpProxy> =>
  startProxy(() => ({ target: new URL(target), more: { authorization: `Bearer ${key}` } }), new URL(target).pathname);

/** One address for all of them, in the order of Thue and Morse: whatever rhythm a client has, it meets each of them, be it on one connection. */
export function startReplicaFront(targets: readonly string[]): Promise<HttpProxy> {
  let requests = 0;
  return startProxy(
    () => {
      const ones = (requests += 1).toString(2).replaceAll("0", "").length;
      return { target: new URL(targets[ones % targets.length] ?? "") };
    },
    new URL(targets[0] ?? "").pathname,
  );
}

/** Where a request goes, and the headers that it gets besides its own or in their place. */
export type Choice = { readonly target: URL; readonly more?: OutgoingHttpHeaders };

/** `pathname` ends the proxy's own address. */
export async function startProxy(choose: (incoming: IncomingMessage) => Choice, pathname: string): Promise<HttpProxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const { target, more } = choose(incoming);
    const { hostname, port } = target;
    const options = { hostname, port, method, path: url, headers: { ...headers, ...more } };
    const upstream = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on("error", () => outgoing.destroy());
    outgoing.on("close", () => upstream.destroy());
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port: own } = addressOf(server.address());
  return {
    url: `http://127.0.0.1:${own}${pathname}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (typeof address !== "object" || address === null) throw new Error("the proxy listens on no port");
  return address;
}
