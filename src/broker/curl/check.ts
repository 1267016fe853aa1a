// What curl may ask: the one request of its model, sent to an address that the server itself looked up. Used by checks.ts. Over
// https the child asks us in http, for the same host and port, and the server speaks TLS.
import type { OutgoingHttpHeaders } from "node:http";
import type { Command, UrlReference } from "../../domain/command.ts";
import { type Asked, refused, type Verdict } from "../verdict.ts";
import { decideAddress, type Resolve } from "./addresses.ts";

/** `host:port` that site data names in so many words, an address or `localhost`: the only way to this machine. */
export type NamedPlaces = () => ReadonlySet<string>;

export interface Places {
  readonly named: NamedPlaces;
  readonly resolve: Resolve;
}

/** What curl sends by itself. */
const ownHeaders = ["accept", "accept-encoding", "user-agent"];
const maxResponseBytes = 256 * 1024 * 1024;

export async function checkCurl(command: Command, { named, resolve }: Places, asked: Asked): Promise<Verdict> {
  const url = command.urls.find((one) => isFor(one, asked));
  if (url === undefined) return refused("curl asks for another URL, or in another way, than was judged");
  if (!isQueryOf(command, asked.query)) return refused("curl asks with another query than was judged");
  const place = `${url.host}:${url.port}`;
  const decided = await decideAddress(url.host, named().has(place), resolve);
  if (!decided.ok) return refused(decided.message);
  return {
    ok: true,
    upstream: { url: `${url.scheme}://${place}` },
    target: `${asked.path}${asked.query === "" ? "" : `?${asked.query}`}`,
    headers: headersOf(command, asked),
    maxRequestBytes: 0,
    maxResponseBytes,
    lookup: decided.lookup,
  };
}

const isFor = ({ method, scheme, host, port, path }: UrlReference, asked: Asked): boolean =>
  method === asked.method && path === asked.path && asked.authority === authorityOf(host, port, scheme);

/** As curl writes it into an http request: port 80 is left out. */
const authorityOf = (host: string, port: number, scheme: string): string =>
  scheme === "http" && port === 80 ? host : `${host}:${port}`;

/** The URL's own, and behind it what --data-urlencode adds. */
function isQueryOf({ operands, flags }: Command, query: string): boolean {
  const own = URL.parse(operands[0] ?? "")?.search.slice(1) ?? "";
  if (flags["--data-urlencode"] === undefined) return query === own;
  return own === "" || query === own || query.startsWith(`${own}&`);
}

function headersOf({ flags }: Command, { headers }: Asked): OutgoingHttpHeaders {
  const given = (flags["--header"] ?? []).map((line) => line.split(":", 1)[0]?.toLowerCase() ?? "");
  const passed = new Set([...ownHeaders, ...given.filter((name) => !connection.test(name))]);
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => passed.has(name) && value !== undefined));
}

const connection =
  /^(?:host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|content-length|upgrade|expect)$/;
