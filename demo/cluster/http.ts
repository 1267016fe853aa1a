// The simulated API's socket: loopback, plain HTTP, the token first in the path. kubectl sends a bearer token over TLS only,
// but keeps the path of its server URL, so a secret path works with the real kubectl and needs no certificate.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Answer, failure, type Watch } from "./answers.ts";
import type { ApiRequest } from "./api.ts";

const maxBodyBytes = 1_048_576;
/** Requests remembered for whoever asks what reached the cluster. */
const rememberedRequests = 1000;

/** `version` is that of the store: a request during which it moves has written. */
export function createHttpServer(
  token: string,
  answer: (request: ApiRequest) => Answer,
  version: () => number,
): Server {
  const seen: string[] = [];
  const wrote: string[] = [];
  const handle = async (request: IncomingMessage): Promise<Answer> => {
    const { method = "GET", headers } = request;
    const url = new URL(request.url ?? "/", "http://simulated");
    if (!url.pathname.startsWith(`/${token}/`)) return failure(401, "Unauthorized");
    const path = url.pathname.slice(token.length + 1);
    if (path === "/simulated/requests") return { code: 200, body: seen };
    if (path === "/simulated/writes") return { code: 200, body: wrote };
    seen.push(`${method} ${path}`);
    if (seen.length > rememberedRequests) seen.shift();
    const body = await read(request);
    if (body === undefined) return failure(413, "the body is too large");
    const { accept = "", "content-type": contentType = "" } = headers;
    const before = version();
    const given = answer({ method, path, query: url.searchParams, accept, contentType, body });
    if (version() !== before) wrote.push(`${method} ${path}`);
    if (wrote.length > rememberedRequests) wrote.shift();
    return given;
  };
  const server = createServer((request, response) => {
    handle(request)
      .catch((): Answer => failure(500, "the simulated cluster failed"))
      .then((answer) => send(response, answer))
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = 30_000;
  return server;
}

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks);
}

function send(response: ServerResponse, { code, body, text, type = "application/json", watch }: Answer): void {
  if (watch !== undefined) return stream(response, watch);
  const content = Buffer.from(text ?? JSON.stringify(body));
  response.writeHead(code, { "content-type": type, "content-length": content.length }).end(content);
}

function stream(response: ServerResponse, watch: Watch): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.flushHeaders();
  const stop = watch.start((line) => response.write(`${JSON.stringify(line)}\n`));
  const timer = setTimeout(() => response.end(), watch.timeoutMs);
  response.on("close", () => {
    clearTimeout(timer);
    stop();
  });
}
