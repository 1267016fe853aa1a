// An HTTP server on loopback that stands for another program: it reads each request whole and answers what a test says. Used by the
// stand-ins of things that cannot be had in a test, and by those that only listen.
import { createServer, type IncomingHttpHeaders } from "node:http";

export interface Asked {
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StandIn {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function startStandIn(
  answer: (asked: Asked) => { readonly status: number; readonly json: unknown },
): Promise<StandIn> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const { status, json } = answer({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
