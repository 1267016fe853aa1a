// What gh may send to GitHub: the paths of its verb below the judged repository, and GraphQL about it. Made once per command by
// checks.ts, because it remembers which ids GitHub told this command.
import type { IncomingMessage } from "node:http";
import type { Command } from "../../domain/command.ts";
import type { Upstream } from "../../domain/upstream.ts";
import { decideAddress, type Resolve } from "../curl/addresses.ts";
import { fieldsOf, jsonBody } from "../json-body.ts";
import { type Asked, type Body, type Passed, type Refused, refused, type Verdict } from "../verdict.ts";
import { problemOf } from "./graphql.ts";

/** GitHub's API as gh names it, and where it is. */
export interface GhUpstream extends Upstream {
  /** api.github.com, or the Enterprise server's own name. */
  readonly authority: string;
  /** "" or /api/v3, and /graphql or /api/graphql. */
  readonly rest: string;
  readonly graphql: string;
}

const number = "[1-9][0-9]{0,14}";
const workflow = "[A-Za-z0-9_.-]{1,200}";
/** Verb → what lies behind /repos/OWNER/REPO/. */
const paths: ReadonlyMap<string, RegExp> = new Map([
  ["pr diff", new RegExp(`^pulls/${number}$`)],
  ["run list", new RegExp(`^actions/(?:runs|workflows|workflows/${workflow}|workflows/${workflow}/runs)$`)],
  [
    "run view",
    new RegExp(
      `^(?:actions/runs/${number}(?:/attempts/${number})?(?:/jobs|/artifacts|/logs)?|actions/workflows/${workflow}|actions/jobs/${number}(?:/logs)?|check-runs/${number}/annotations)$`,
    ),
  ],
  ["workflow list", /^actions\/workflows$/],
  ["repo view", /^readme$/],
]);
const logs = /^actions\/.*\/logs$/;

const passedHeaders = ["accept", "content-type", "user-agent", "x-github-api-version", "graphql-features"];
const maxBodyBytes = 256 * 1024;
const maxResponseBytes = 64 * 1024 * 1024;
/** How many ids one command can be told. */
const maxLearned = 20_000;

export function createGhCheck(
  command: Command,
  upstream: () => GhUpstream,
  resolve: Resolve,
): (asked: Asked) => Verdict {
  const learned = new Set<string>();
  const [repository = ""] = command.repositories ?? [];
  return (asked) => {
    const server = upstream();
    if (asked.authority !== server.authority) return refused("gh talks to its forge alone");
    const pass = (more: Partial<Passed>): Passed => ({
      ok: true,
      upstream: server,
      target: `${asked.path}${asked.query === "" ? "" : `?${asked.query}`}`,
      headers: Object.fromEntries(
        passedHeaders.flatMap((name) => (asked.headers[name] === undefined ? [] : [[name, asked.headers[name]]])),
      ),
      maxRequestBytes: maxBodyBytes,
      maxResponseBytes,
      ...more,
    });
    if (asked.path === server.graphql) {
      if (asked.method !== "POST" || asked.query !== "") return refused("GraphQL is asked by POST");
      const asking = { command, repository, learned };
      return pass({
        body: (request: IncomingMessage): Promise<Body | Refused> =>
          jsonBody((fields) => problemOf(fieldsOf(fields), asking), maxBodyBytes)(request),
        hears: (answer) => learn(learned, answer),
      });
    }
    // Which version an Enterprise server has, by which gh chooses its words; it says nothing of any repository.
    const isVersion = server.rest !== "" && asked.path === `${server.rest}/meta` && asked.query === "";
    if (asked.method === "GET" && isVersion) return pass({});
    const prefix = `${server.rest}/repos/${repository}/`;
    const rest = asked.path.startsWith(prefix) ? asked.path.slice(prefix.length) : "";
    const isKnown = paths.get(command.verb.join(" "))?.test(rest) === true && !rest.includes("..");
    if (asked.method !== "GET" || !isKnown) return refused("gh asks for what was not judged");
    return pass(logs.test(rest) ? { follows: (location) => followLog(location, resolve) } : {});
  };
}

/** GitHub keeps logs elsewhere and sends whoever may read them there, by an address that holds its own permission. */
async function followLog(location: string, resolve: Resolve): Promise<Passed | Refused> {
  const url = URL.parse(location);
  if (url === null || url.protocol !== "https:" || url.username !== "") return refused("the log lies at an odd place");
  const decided = await decideAddress(url.hostname, false, resolve);
  if (!decided.ok) return refused(decided.message);
  return {
    ok: true,
    upstream: { url: url.origin },
    target: `${url.pathname}${url.search}`,
    headers: {},
    maxRequestBytes: 0,
    maxResponseBytes,
    lookup: decided.lookup,
  };
}

function learn(learned: Set<string>, answer: string): void {
  for (const [, id = ""] of answer.matchAll(/"id"\s*:\s*"([^"\\]{1,200})"/g)) {
    if (learned.size < maxLearned) learned.add(id);
  }
}
