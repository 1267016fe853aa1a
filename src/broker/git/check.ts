// What git may say to the forge: this repository, the service of its verb, and for a push exactly the refs and objects that were
// judged. Used by checks.ts, for judged commands and for the server's own clone.
import type { IncomingMessage } from "node:http";
import type { GitReference } from "../../domain/command.ts";
import type { LeaseRequest } from "../../domain/ports.ts";
import type { Upstream } from "../../domain/upstream.ts";
import { readHead, readWhole } from "../read-body.ts";
import { type Asked, type Body, type Passed, type Refused, refused, type Verdict } from "../verdict.ts";
import { readPushHead } from "./pkt-lines.ts";

type Service = "git-upload-pack" | "git-receive-pack";

const passedHeaders = [
  "accept",
  "accept-encoding",
  "accept-language",
  "content-type",
  "content-encoding",
  "user-agent",
  "git-protocol",
  "pragma",
];
const maxHeadBytes = 64 * 1024;
/** What a repair may weigh, and what a fetch may ask: wants and haves. */
const maxPushBytes = 64 * 1024 * 1024;
const maxFetchRequestBytes = 8 * 1024 * 1024;
const maxResponseBytes = 2 * 1024 * 1024 * 1024;

interface GitRights {
  readonly repositories: readonly string[];
  readonly services: readonly Service[];
  /** What a push may change; none: it may send no pack at all. */
  readonly refs: readonly GitReference[];
}

export function checkGit(request: LeaseRequest, upstream: Upstream, asked: Asked): Verdict {
  if (asked.authority !== new URL(upstream.url).host) return refused("git talks to the forge alone");
  const rights = rightsOf(request);
  const [, repository, end] =
    /^\/([A-Za-z0-9-]+\/[A-Za-z0-9_.-]+?)(?:\.git)?\/(info\/refs|git-(?:upload|receive)-pack)$/.exec(asked.path) ?? [];
  if (repository === undefined || !rights.repositories.includes(repository)) {
    return refused("git talks about the judged repository alone");
  }
  const { headers } = asked;
  const pass = (maxRequestBytes: number, body?: Passed["body"]): Passed => ({
    ok: true,
    upstream,
    target: `${asked.path}${asked.query === "" ? "" : `?${asked.query}`}`,
    headers: Object.fromEntries(
      passedHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
    ),
    ...(body === undefined ? {} : { body }),
    maxRequestBytes,
    maxResponseBytes,
  });
  if (end === "info/refs") {
    const service = rights.services.find((one) => asked.query === `service=${one}`);
    return asked.method === "GET" && service !== undefined
      ? pass(0)
      : refused("git asks for a service that was not judged");
  }
  const service = rights.services.find((one) => one === end);
  if (asked.method !== "POST" || asked.query !== "" || service === undefined) {
    return refused("git uses a service that was not judged");
  }
  if (headers["content-type"] !== `application/x-${service}-request`) return refused("the body is none of git's");
  return service === "git-upload-pack"
    ? pass(maxFetchRequestBytes, (incoming) => readWhole(incoming, maxFetchRequestBytes))
    : pass(maxPushBytes, (incoming) => pushBody(incoming, rights.refs));
}

/** The refs are compared before a byte is sent on; the pack behind them streams. */
async function pushBody(request: IncomingMessage, refs: readonly GitReference[]): Promise<Body | Refused> {
  if (request.headers["content-encoding"] !== undefined)
    return refused("a push is read as it is, not packed once more");
  return readHead(request, maxHeadBytes, (head) => {
    const read = readPushHead(head);
    if (read.state === "more") return "more";
    if (read.state === "odd") return refused(`this is no push that is understood: ${read.problem}`);
    const foreign = read.updates.find(
      ({ to, ref }) => !refs.some((one) => one.destination === ref && one.source === to),
    );
    if (foreign !== undefined) return refused(`pushing ${foreign.to.slice(0, 12)} to ${foreign.ref} was not judged`);
    const twice = new Set(read.updates.map(({ ref }) => ref)).size !== read.updates.length;
    return twice ? refused("a ref is pushed twice") : "enough";
  });
}

function rightsOf(request: LeaseRequest): GitRights {
  if ("fetches" in request) return { repositories: [request.fetches], services: ["git-upload-pack"], refs: [] };
  const { repositories = [], verb, git, dryRun } = request.command;
  const isPush = verb[0] === "push";
  return {
    repositories,
    services: [isPush ? "git-receive-pack" : "git-upload-pack"],
    // A probe without refs is all that a dry run may post.
    refs: isPush && !dryRun ? (git?.refs ?? []) : [],
  };
}
