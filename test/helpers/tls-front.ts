// A TLS server before an HTTP one: takes a client's certificate, notes who came, and passes everything on. Gone when the test ends.
import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";
import type { makeCertificates } from "./certificates.ts";

export interface TlsFront {
  readonly port: number;
  /** Authorization headers, and names of clients' certificates, as they came. */
  readonly logins: ReadonlySet<string>;
}

/** A server for 127.0.0.1 that asks clients for a certificate and is told its holder's name. Answers its port. */
export async function startTlsServer(
  { text }: Pick<ReturnType<typeof makeCertificates>, "text">,
  answer: (request: IncomingMessage, response: ServerResponse, certificate: string | undefined) => void,
): Promise<number> {
  const options = {
    key: text("server.key"),
    cert: text("server.pem"),
    ca: text("ca.pem"),
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createServer(options, (request, response) => {
    const { socket } = request;
    const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
    answer(request, response, name === undefined ? undefined : String(name));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** `target` is a URL of which the path goes before each request's own. */
export async function startTlsFront(
  target: string,
  { text }: Pick<ReturnType<typeof makeCertificates>, "text">,
): Promise<TlsFront> {
  const logins = new Set<string>();
  const port = await startTlsServer({ text }, (incoming, outgoing, certificate) => {
    const { authorization } = incoming.headers;
    for (const login of [authorization, certificate]) if (login !== undefined) logins.add(login);
    passOn(target, incoming, outgoing);
  });
  return { port, logins };
}

function passOn(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url = "/", headers } = incoming;
  const { authorization: _taken, ...rest } = headers;
  const upstream = request(`${target}${url}`, { method, headers: rest }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  upstream.on("error", () => outgoing.destroy());
  outgoing.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}
