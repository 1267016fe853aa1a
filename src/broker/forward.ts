// Sends one request that passed its check to the real server and streams the answer back, unbuffered and bounded. Called by
// front.ts. Speaks TLS, adds the login, follows nothing but what the check says.
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { agentFor, silenceMs } from "./agents.ts";
import type { Body, Passed, Refused } from "./verdict.ts";

/** The upstream could not be reached, or went away before it answered. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Node asks the operating system and dials; nothing may hang there for as long as a command may run. */
const connectMs = 10_000;
/** Headers that belong to one connection, and those that only the broker may set. */
const ofTheConnection = /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/;

/**
 * Answers why it did not go on, if it did not.
 * @throws Unreachable before anything was answered; afterwards the child's connection is cut.
 */
export async function forward(
  passed: Passed,
  incoming: IncomingMessage,
  body: Body | undefined,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<Refused | undefined> {
  let answer = await ask(passed, incoming, body, signal);
  const { location } = answer.headers;
  if (passed.follows !== undefined && location !== undefined && /^30[12378]$/.test(String(answer.statusCode))) {
    answer.resume();
    const next = await passed.follows(location);
    if (!next.ok) return next;
    answer = await ask(next, incoming, undefined, signal);
  }
  outgoing.writeHead(answer.statusCode ?? 502, [...headersOf(answer)].flat());
  const limit = bounded(passed.maxResponseBytes);
  if (passed.hears === undefined) {
    outgoing.flushHeaders();
    await pipeline(answer, limit, outgoing, { signal });
    return undefined;
  }
  const chunks: Buffer[] = [];
  await pipeline(answer, limit, async (stream) => {
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  });
  const whole = Buffer.concat(chunks);
  passed.hears(whole.toString("utf8"));
  outgoing.end(whole);
  return undefined;
}

/** The first answer of the upstream, its body still to come. @throws Unreachable */
async function ask(
  passed: Passed,
  incoming: IncomingMessage,
  body: Body | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const mayRepeat = body === undefined;
  try {
    return await send(passed, incoming, body, signal);
  } catch (error) {
    // A kept connection may have been closed by the other side at the same moment: once more, on a new one.
    if (!(mayRepeat && error instanceof Unreachable && error.cause === reused)) throw error;
    return send(passed, incoming, body, signal);
  }
}

const reused = "a kept connection was closed";

async function send(
  { upstream, target, headers, lookup, maxRequestBytes }: Passed,
  incoming: IncomingMessage,
  body: Body | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const base = new URL(upstream.url);
  const request = (base.protocol === "https:" ? httpsRequest : httpRequest)({
    hostname: base.hostname.replace(/^\[(.*)\]$/, "$1"),
    ...(base.port === "" ? {} : { port: base.port }),
    method: incoming.method,
    path: `${base.pathname.replace(/\/+$/, "")}${target}`,
    headers: {
      ...headers,
      host: base.host,
      ...(upstream.authorization === undefined ? {} : { authorization: upstream.authorization }),
      ...lengthOf(incoming, body),
    },
    // A decided address is dialled anew: a pool would be asked by name.
    agent: lookup === undefined ? agentFor(upstream) : false,
    ...(lookup === undefined ? {} : { lookup }),
    timeout: connectMs,
    signal,
  });
  request.on("timeout", () => request.destroy(new Error("it does not answer in time")));
  request.on("socket", (socket) => {
    const connected = (): void => void request.setTimeout(silenceMs);
    if (socket.connecting) socket.once("connect", connected);
    else connected();
  });
  const answered = once(request, "response");
  try {
    if (body === undefined) request.end();
    else if ("whole" in body) request.end(body.whole);
    else {
      request.write(body.head);
      // The rest flows beside the answer; if it breaks, `answered` says so.
      pipeline(incoming, bounded(maxRequestBytes), request).catch((error: unknown) => {
        request.destroy(error instanceof Error ? error : undefined);
      });
    }
    const [answer]: IncomingMessage[] = await answered;
    if (answer === undefined) throw new Error("no answer");
    return answer;
  } catch (error) {
    const isStale = request.reusedSocket && codeOf(error) === "ECONNRESET";
    throw new Unreachable(reasonOf(error), { cause: isStale ? reused : error });
  }
}

/** Known lengths stay known; what streams is chunked. */
function lengthOf({ headers }: IncomingMessage, body: Body | undefined) {
  if (body === undefined) return {};
  if ("whole" in body) return { "content-length": body.whole.length };
  const length = headers["content-length"];
  return length === undefined ? { "transfer-encoding": "chunked" } : { "content-length": length };
}

function* headersOf({ rawHeaders }: IncomingMessage): Iterable<readonly [string, string]> {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    if (!ofTheConnection.test(name.toLowerCase())) yield [name, value];
  }
}

function bounded(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new Error(`it is longer than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** Node's words, without an address. */
const reasonOf = (error: unknown): string =>
  codeOf(error) ?? (error instanceof Error ? error.message : "it does not answer");
