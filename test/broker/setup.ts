// A broker in front of servers that remember what reached them, leases for commands as the grammar understands them, and requests
// as a child would send them, well formed or not.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type Broker, createBroker } from "../../src/broker/broker.ts";
import type { Upstreams } from "../../src/broker/checks.ts";
import type { Command } from "../../src/domain/command.ts";
import type { BrokerRefusal, Lease } from "../../src/domain/ports.ts";
import { stagesOf, type Words } from "../command/reading.ts";

/** What stands for the logins: no child may ever see it. */
export const secrets = { cluster: "Bearer of-the-cluster", git: "Basic of-git", gh: "token of-gh" };

export interface Recorded {
  readonly url: string;
  /** `METHOD path login`, in order. */
  readonly requests: string[];
  readonly bodies: string[];
}

/** Answers everything with `{}`, or as told, and remembers it. */
export async function openRecorder(
  answer: (url: string) => {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } = () => ({}),
): Promise<Recorded> {
  const requests: string[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(Buffer.concat(chunks).toString());
      const { status = 200, headers = {}, body = "{}" } = answer(request.url ?? "");
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, requests, bodies };
}

export interface OpenBroker {
  readonly broker: Broker;
  readonly refusals: BrokerRefusal[];
  /** None of them is meant to be. */
  readonly faults: unknown[];
  readonly lease: (words: Words, stdin?: string) => Lease;
  readonly leaseOf: (command: Command) => Lease;
}

export async function openBroker(upstreams: Partial<Upstreams & { readonly socket: string }>): Promise<OpenBroker> {
  const parent = mkdtempSync(path.join(tmpdir(), "ai-sre-broker-"));
  const refusals: BrokerRefusal[] = [];
  const faults: unknown[] = [];
  const broker = await createBroker({
    socket: path.join(parent, "s"),
    namedPlaces: () => new Set(),
    ...upstreams,
    onRefused: (refusal) => refusals.push(refusal),
    onFault: (error) => faults.push(error),
  });
  onTestFinished(() => {
    broker.close();
    rmSync(parent, { recursive: true, force: true });
    if (faults.length > 0) throw new AggregateError(faults, "the broker failed");
  });
  const leaseOf = (command: Command): Lease => {
    const lease = broker.open({ callId: "call-1", command });
    if (lease === undefined) throw new Error(`no lease for ${command.argv.join(" ")}`);
    return lease;
  };
  const commandOf = (words: Words, stdin?: string): Command => {
    const [command] = stagesOf(words, stdin);
    if (command === undefined) throw new Error("no command");
    return command;
  };
  return { broker, refusals, faults, leaseOf, lease: (words, stdin) => leaseOf(commandOf(words, stdin)) };
}

export const nonceOf = ({ environment }: Pick<Lease, "environment">): string =>
  environment["GH_TOKEN"] ?? new URL(environment["http_proxy"] ?? "").username;

export interface Sent {
  readonly method?: string;
  /** Absolute for the port, a path for the socket. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Instead of the lease's own. */
  readonly nonce?: string;
}

/** One request as the child of this lease sends it. */
export function send(lease: Lease, { method = "GET", url, headers = {}, body, nonce = nonceOf(lease) }: Sent) {
  const { port, socket } = lease;
  const proxied = URL.parse(url);
  const login =
    socket === undefined
      ? { "proxy-authorization": `Basic ${Buffer.from(`${nonce}:x`).toString("base64")}`, host: proxied?.host ?? "" }
      : { authorization: `token ${nonce}`, host: "api.github.com" };
  const where = socket === undefined ? { host: "127.0.0.1", port } : { socketPath: socket };
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = {
      ...where,
      method,
      path: url,
      headers: { ...login, ...length, ...headers },
      agent: false as const,
    };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Bytes as they are; answers the status line, "" for a connection that was cut. */
export function sendRaw({ port }: Lease, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port ?? 0, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer.split("\r\n", 1)[0] ?? ""));
    socket.setTimeout(2000, () => socket.destroy());
    socket.end(text, "latin1");
  });
}
