// A stand-in for GitHub's API, which cannot be had in a test: plain HTTP on a Unix socket (gh's `http_unix_socket`) or on a
// loopback port, for github.com and, below /api, for an Enterprise server. GraphQL is held to GitHub's published schema.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ListenOptions } from "node:net";
import { type CheckState, createRepository, type Repository } from "./repository.ts";
import { answerGraphQl } from "./schema.ts";

/** The token that is let in. */
export const githubToken = "test-token-for-github";

export interface GitHubRequest {
  readonly method: string;
  /** Without the prefix of an Enterprise server. */
  readonly path: string;
  /** As its client knows it: https://api.github.com, or an Enterprise server's with that prefix. */
  readonly apiUrl: string;
  readonly authorization: string;
  readonly body: string;
}

export interface GitHub {
  /** On loopback, as an Enterprise server's. */
  readonly url: string;
  /** In order, refused ones too. */
  readonly requests: readonly GitHubRequest[];
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: object | string;
}

/** Serves o/r on a free port of 127.0.0.1, and on the Unix socket when one is named. */
export async function startGitHub(socket?: string, checkState?: () => CheckState): Promise<GitHub> {
  const repository = createRepository(checkState);
  const requests: GitHubRequest[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = toRequest(incoming, await textOf(incoming));
    requests.push(request);
    const { status, body } = answerOrFault(request, repository);
    const isText = typeof body === "string";
    response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json" });
    response.end(isText ? body : JSON.stringify(body));
  };
  const doors = await Promise.all(
    [{ host: "127.0.0.1", port: 0 }, ...(socket === undefined ? [] : [{ path: socket }])].map((place) =>
      open(
        createServer((incoming, response) => void serve(incoming, response)),
        place,
      ),
    ),
  );
  const address = doors[0]?.address();
  if (typeof address !== "object" || address === null) throw new Error("the stand-in has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    stop: async () => {
      await Promise.all(doors.map(close));
    },
  };
}

const open = (server: Server, place: ListenOptions): Promise<Server> =>
  new Promise((resolve) => server.listen(place, () => resolve(server)));

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

/** A fault of the stand-in itself is told as one, so that no test waits for it. */
function answerOrFault(request: GitHubRequest, repository: Repository): Answer {
  try {
    return answerTo(request, repository);
  } catch (error) {
    return { status: 500, body: { message: error instanceof Error ? error.message : "the stand-in failed" } };
  }
}

function answerTo({ method, path, apiUrl, authorization, body }: GitHubRequest, repository: Repository): Answer {
  if (!/^(token|bearer) /i.test(authorization) || authorization.split(" ")[1] !== githubToken)
    return { status: 401, body: { message: "Bad credentials" } };
  if (path === "/graphql" && method === "POST") return { status: 200, body: answerGraphQl(body, repository.graphQl) };
  if (path === "/meta" && method === "GET") return { status: 200, body: { installed_version: "3.18.0" } };
  const [, below] = /^\/repos\/o\/r(\/[^?]*)/.exec(path) ?? [];
  const found = method === "GET" && below !== undefined ? repository.rest(below, apiUrl) : undefined;
  return found === undefined ? { status: 404, body: { message: "Not Found" } } : { status: 200, body: found };
}

function toRequest({ method = "", url = "", headers }: IncomingMessage, body: string): GitHubRequest {
  const [prefix = "", path = url] = /^(\/api(?:\/v3)?)(\/.*)$/.exec(url)?.slice(1) ?? [];
  return {
    method,
    path,
    apiUrl: `https://${headers.host ?? ""}${prefix}`,
    authorization: headers.authorization ?? "",
    body,
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
