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

/** `target` is a URL of which the path goes before each request's own. */
export async function startTlsFront(
  target: string,
  { text }: Pick<ReturnType<typeof makeCertificates>, "text">,
): Promise<TlsFront> {
  const logins = new Set<string>();
  const options = {
    key: text("server.key"),
    cert: text("server.pem"),
    ca: text("ca.pem"),
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createServer(options, (incoming, outgoing) => {
    const { socket, headers } = incoming;
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
    for (const login of [headers.authorization, certificate]) if (login !== undefined) logins.add(String(login));
    passOn(target, incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === "object" ? (address?.port ?? 0) : 0, logins };
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
