// The broker's two doors: a loopback port that speaks as an HTTP forward proxy, and a Unix socket for gh. Each request is read,
// tied to its command by the nonce, judged by the check of that command's program, and forwarded or refused.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { BrokerRefusal, BrokerTarget } from "../domain/ports.ts";
import { sayRefused, sayUnreachable } from "./answers.ts";
import type { Door } from "./checks.ts";
import { forward, Unreachable } from "./forward.ts";
import type { HeldLease, Leases } from "./leases.ts";
import { hasBody } from "./read-body.ts";
import { nonceOf, type ReadRequest, readDirect, readProxied } from "./read-request.ts";
import { type Passed, type Refused, refused } from "./verdict.ts";

export interface FrontOptions {
  readonly leases: Leases;
  readonly onRefused: (refusal: BrokerRefusal) => void;
  readonly onFault: (error: unknown) => void;
}

const maxHeaderBytes = 32 * 1024;
/** Of all commands together: each opens a handful. */
const maxConnections = 512;

export function createFront(options: FrontOptions, door: Door): Server {
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: 10_000,
      // No command runs longer.
      requestTimeout: 60_000,
      keepAliveTimeout: 10_000,
      insecureHTTPParser: false,
      requireHostHeader: true,
    },
    (request, response) => {
      response.on("error", () => undefined);
      serve(options, door, request, response).catch((error: unknown) => {
        // A child that ends in the middle of its request is no fault of ours.
        if (request.errored === null) options.onFault(error);
        response.destroy();
      });
    },
  );
  server.maxConnections = maxConnections;
  const refuseSocket = (request: IncomingMessage, socket: Duplex): void => {
    const lease = options.leases.find(nonceOf(request));
    const who =
      lease === undefined ? { target: "unknown" as const } : { target: lease.check.target, callId: lease.callId };
    options.onRefused({ ...who, message: `${request.method ?? ""} opens no tunnel here` });
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  };
  server.on("connect", refuseSocket);
  server.on("upgrade", refuseSocket);
  return server;
}

async function serve(
  { leases, onRefused }: FrontOptions,
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = ({ ok: _no, ...refusal }: Refused, target: BrokerTarget, lease?: HeldLease): void => {
    const { message } = refusal;
    onRefused({ target, ...refusal, ...(lease === undefined ? {} : { callId: lease.callId }) });
    sayRefused(response, target, message);
  };
  const read: ReadRequest | Refused = door === "port" ? readProxied(request) : readDirect(request);
  if (!read.ok) return refuse(read, "unknown");
  const lease = leases.find(read.nonce);
  if (lease === undefined) return refuse(refused("no command that runs has asked for it"), "unknown");
  const { target, judge } = lease.check;
  if (lease.check.door !== door) return refuse(refused("this command has no way out by this door"), target, lease);
  if (!lease.take()) return refuse(refused("this command has made too many requests"), target, lease);

  const verdict = await judge(read.asked);
  if (!verdict.ok) return refuse(verdict, target, lease);
  const body = await bodyOf(verdict, request);
  if (body !== undefined && !body.ok) return refuse(body, target, lease);
  // What belongs to the command ends with it, and what the child no longer waits for ends too.
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const stopped = await forward(verdict, request, body, response, AbortSignal.any([lease.signal, gone.signal]));
    if (stopped !== undefined) refuse(stopped, target, lease);
  } catch (error) {
    if (error instanceof Unreachable && !response.headersSent && !lease.signal.aborted) {
      return sayUnreachable(response, target, error.message);
    }
    // The answer had begun: a cut connection is the only thing that cannot be taken for its end.
    response.destroy();
  }
}

async function bodyOf(verdict: Passed, request: IncomingMessage) {
  if (verdict.body !== undefined) return verdict.body(request);
  return hasBody(request) ? refused("this request has no body") : undefined;
}
