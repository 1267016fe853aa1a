// The few calls that the server itself makes to the Kubernetes API, without kubectl: JSON in, JSON out, bounded in time and size.
// Used by leases.ts; what a caller asks for never comes this way.
import { once } from "node:events";
import { type Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Upstream } from "../domain/upstream.ts";

export interface ApiAnswer {
  readonly status: number;
  /** Undefined when the answer is no JSON. */
  readonly body: unknown;
}

/** @throws Error, in words that name no address, when there is no whole answer */
export type CallApi = (method: "GET" | "POST" | "DELETE", path: string, body?: unknown) => Promise<ApiAnswer>;

export interface ApiOptions {
  /** The address and the login, as they are now. */
  readonly upstream: () => Upstream;
  /** Kept connections, those of the broker. */
  readonly agentFor: (upstream: Upstream) => Agent;
}

const timeoutMs = 5000;
const maxAnswerBytes = 4 * 1024 * 1024;

export const createClusterApi =
  ({ upstream, agentFor }: ApiOptions): CallApi =>
  async (method, path, body) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const options = requestTo(upstream(), agentFor, path, signal);
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    try {
      return await ask(options, method, sent).catch((error: unknown) => {
        // A kept connection may have been closed by the other side at the same moment: once more, on another.
        if (error instanceof Stale) return ask(options, method, sent);
        throw error;
      });
    } catch (error) {
      throw new Error(`the Kubernetes API did not answer: ${reasonOf(error, signal)}`, { cause: error });
    }
  };

class Stale extends Error {
  override readonly name = "Stale";
}

function requestTo(place: Upstream, agentFor: ApiOptions["agentFor"], path: string, signal: AbortSignal) {
  const base = new URL(place.url);
  return {
    protocol: base.protocol,
    hostname: base.hostname.replace(/^\[(.*)\]$/, "$1"),
    ...(base.port === "" ? {} : { port: base.port }),
    path: `${base.pathname.replace(/\/+$/, "")}${path}`,
    headers: {
      accept: "application/json",
      ...(place.authorization === undefined ? {} : { authorization: place.authorization }),
    },
    agent: agentFor(place),
    signal,
  };
}

async function ask(
  options: ReturnType<typeof requestTo>,
  method: string,
  sent: Buffer | undefined,
): Promise<ApiAnswer> {
  const length = sent === undefined ? {} : { "content-type": "application/json", "content-length": sent.length };
  const headers = { ...options.headers, ...length };
  const request = (options.protocol === "https:" ? httpsRequest : httpRequest)({ ...options, method, headers });
  const answered = once(request, "response");
  request.end(sent);
  try {
    const [answer]: IncomingMessage[] = await answered;
    if (answer === undefined) throw new Error("no answer");
    return { status: answer.statusCode ?? 0, body: parsed(await textOf(answer)) };
  } catch (error) {
    const isReset = error instanceof Error && "code" in error && error.code === "ECONNRESET";
    throw isReset && request.reusedSocket ? new Stale("a kept connection was closed") : error;
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error("the answer is too long");
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return `nothing came within ${timeoutMs} ms`;
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : "unknown";
}
