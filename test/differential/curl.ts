// curl against a server that records: one request, with the method, host, port, path and query of the model, no body and no
// file, for the caller's own words and for those that run.
import { createServer } from "node:http";
import * as fc from "fast-check";
import { createEnvironments } from "../../src/execution/environment.ts";
import type { Command } from "../../src/domain/command.ts";
import { type Adapter, type Case, verdict } from "./adapter.ts";
import { grammarOf } from "./differential.ts";
import { openMarkerFolder } from "./folder.ts";
import { type Outcome, start } from "./start.ts";

interface Seen {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly body: string;
  readonly headers: string;
}

export interface RecordingServer {
  readonly port: number;
  /** What was asked since the last call. */
  readonly take: () => readonly Seen[];
  readonly close: () => Promise<void>;
}

/** Answers everything; a path with `redirect` in it points elsewhere. */
export async function startRecordingServer(): Promise<RecordingServer> {
  let seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const { method = "", url = "", headers, rawHeaders } = request;
      seen.push({ method, target: url, host: headers.host ?? "", body, headers: rawHeaders.join("\n") });
      response.writeHead(url.includes("redirect") ? 302 : 200, { location: "/elsewhere", "set-cookie": "a=b" });
      response.end("answer\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const piece = fc.constantFrom(
  ..."a Z 9 - . _ ~ ! $ & ' ( ) * + , ; = : @ / // /./ /../ /.. %41 %20 %C3%A9 %2B [ ] { } | ^ ` \" < > /redirect".split(
    " ",
  ),
);

const urls = (port: number) =>
  fc
    .record({
      scheme: fc.constantFrom("http", "HTTP", "Http"),
      host: fc.constantFrom(`localhost:${port}`, `LOCALHOST:${port}`, `127.0.0.1:${port}`, `LocalHost:0${port}`),
      steps: fc.array(piece, { maxLength: 8 }),
      query: fc.option(fc.array(fc.oneof(piece, fc.constantFrom("?", "%2e", "%2F")), { maxLength: 5 }), { freq: 2 }),
      globs: fc.constantFrom([], ["-g"], ["--globoff"]),
    })
    .map(({ scheme, host, steps, query, globs }) => {
      const where = `${steps.length === 0 ? "" : `/${steps.join("")}`}${query === null ? "" : `?${query.join("")}`}`;
      return [...globs, `${scheme}://${host}${where}`];
    });

const data = fc
  .tuple(fc.constantFrom("query", "match[]", "time", "a.b"), fc.string({ unit: "grapheme-composite", maxLength: 10 }))
  .map(([name, value]) => `${name}=${value}`);

/** The same request as our canonical URL makes it: curl sends a caller's `<` or upper-case host as it is. */
const canonical = (seen: Seen): Seen => {
  const { href, origin, host } = new URL(`http://${seen.host}${seen.target}`);
  return { ...seen, target: href.slice(origin.length), host, headers: seen.headers.replace(seen.host, host) };
};

/** What a server saw, in the words of the model. */
const asModel = ({ method, target, host }: Seen): Command["urls"][number] => {
  const url = new URL(`http://${host}`);
  return { method, scheme: "http", host: url.hostname, port: Number(url.port), path: target.split("?", 1)[0] ?? "" };
};

/** The query as the model's URL and data come to. */
function queryProblem({ operands, flags }: Command, { target }: Seen): string | undefined {
  const [, asked = ""] = target.split(/\?(.*)/s);
  const given = new URL(operands[0] ?? "").search.slice(1);
  const rest = asked.startsWith(given) ? asked.slice(given.length) : undefined;
  const added = rest === undefined ? [] : [...new URLSearchParams(rest)].map(([name, value]) => `${name}=${value}`);
  const said = flags["--data-urlencode"] ?? [];
  return rest !== undefined && JSON.stringify(added) === JSON.stringify(said)
    ? undefined
    : `the query is ${asked}, the model says ${given} and ${JSON.stringify(said)}`;
}

interface Ran {
  readonly outcome: Outcome;
  readonly requests: readonly Seen[];
  readonly touched: readonly string[];
}

function differs({ command }: Case, caller: Ran, rendered: Ran): string | undefined {
  for (const [who, { requests, touched, outcome }] of Object.entries({ caller, rendered })) {
    const [first] = requests;
    const said = JSON.stringify(command.urls);
    const asked = JSON.stringify(requests.map(asModel));
    if (asked !== said) return `${who}: ${asked} is not ${said}; ${outcome.status} ${outcome.stderr}`;
    if (touched.length > 0) return `${who} touched ${JSON.stringify(touched)}`;
    if (first === undefined) continue;
    if (first.body !== "") return `${who} sent ${first.body}`;
    const problem = queryProblem(command, first);
    if (problem !== undefined) return `${who}: ${problem}`;
  }
  const [theirs, ours] = [caller, rendered].map(({ requests, outcome }) =>
    JSON.stringify([requests, outcome.status, outcome.stdout.replaceAll(/[0-9]/g, "0")]),
  );
  return theirs === ours ? undefined : `${theirs} is not ${ours}`;
}

export const curl = (server: RecordingServer): Adapter => ({
  grammar: grammarOf("curl"),
  share: 100,
  // Requests are told apart by the order in which they come.
  lanes: 1,
  fitting: {
    operands: () => fc.oneof({ weight: 4, arbitrary: urls(server.port) }, { weight: 1, arbitrary: fc.constant([]) }),
    values: new Map([["--data-urlencode", data]]),
  },
  open: async (file) => {
    const folder = openMarkerFolder();
    const run = async (argv: readonly string[], all: readonly string[]): Promise<Ran> => {
      folder.lay(all);
      const environment = createEnvironments({ homeDir: folder.home, cacheDir: folder.home })("curl");
      const outcome = await start({ file, words: argv.slice(1), cwd: folder.path, environment });
      return { outcome, requests: server.take(), touched: folder.touched() };
    };
    const canonically = ({ requests, ...rest }: Ran): Ran => ({ ...rest, requests: requests.map(canonical) });
    return {
      compare: async (one) => {
        const all = [...one.argv, ...one.command.argv].slice(1);
        const caller = canonically(await run(one.argv, all));
        const rendered = await run(one.command.argv, all);
        return verdict(one, rendered.outcome.status, differs(one, caller, rendered));
      },
      close: async () => folder.close(),
    };
  },
});
