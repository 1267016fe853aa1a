// Adds a bearer key to every request and changes nothing else: the conformance suite cannot send credentials.
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface BearerProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on loopback and forwards to `target`, path and all. */
export async function startBearerProxy(target: string, key: string): Promise<BearerProxy> {
  const { hostname, port, pathname } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const options = { hostname, port, method, path: url, headers: { ...headers, authorization: `Bearer ${key}` } };
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
