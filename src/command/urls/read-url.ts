// One http or https URL as the caller wrote it → the canonical URL that runs and the facts that policy compares. Used by
// operands/request.ts. Node's parser (WHATWG) and curl's disagree about odd texts: what both could read differently is refused first.
import type { UrlReference } from "../../domain/command.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";

export interface ReadUrl {
  /** Canonical: lower-case scheme and host, no default port, dot segments removed. This is what curl gets. */
  readonly href: string;
  readonly place: Omit<UrlReference, "method">;
}

const example = "http://prometheus.monitoring.svc:9090/api/v1/query?query=up";
const encoded = "--get --data-urlencode 'query=…' carries text that a URL cannot";

/** scheme, authority, the rest. */
const shape = /^(https?):\/\/([^/?]*)([/?].*)?$/i;
/** A DNS name or an IPv4 address, and perhaps a port: no login, no brackets, no escapes, no dot at the end. */
const authority = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::([0-9]{1,5}))?$/i;
/** In a path: dot, slash, backslash, percent sign and control characters, which a server may decode and act on. */
const actingEscape = /%(?:2e|2f|5c|25|[01][0-9a-f]|7f)/i;
/** `..;` is a parent to servers that cut off path parameters. */
const parentWithParameters = /(?:^|\/)\.{1,2};/;

/** Reads the URL of one token. Refuses what is no plain http or https URL by a name or an IPv4 address. */
export function readUrl(token: Token): Result<ReadUrl> {
  const { text } = token;
  if (!/^[\x21-\x7e]*$/.test(text)) return refuse("A URL is printable ASCII without blanks.", token, encoded);
  if (text.includes("\\")) return refuse("A backslash in a URL is read in two ways.", token, example);
  if (text.includes("#")) return refuse("A URL has no fragment here; a server never sees it.", token, example);
  const [, , where = "", rest = ""] = shape.exec(text) ?? [];
  if (where === "") return refuse("Only whole http and https URLs are understood.", token, example);
  const [, host, port] = authority.exec(where) ?? [];
  if (host === undefined) {
    return refuse("Only a plain host name, and perhaps a port, may follow the `//` of a URL.", token, example);
  }
  const problem = oddPath(rest.split("?", 1)[0] ?? "");
  if (problem !== undefined) return refuse(`The path of this URL holds ${problem}.`, token, "write the path plainly");
  const url = URL.parse(text);
  if (url === null || Number(port ?? 1) === 0) return refuse("This is no URL.", token, example);
  // 0xa9fea9fe, 2852039166, 0251.0376.0251.0376 and 127.1 are addresses in other words.
  if (url.hostname !== host.toLowerCase()) {
    return refuse(`This host is another spelling of ${url.hostname}.`, token, example);
  }
  const scheme = url.protocol.slice(0, -1);
  const place = {
    scheme,
    host: url.hostname,
    port: url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port),
    path: url.pathname,
  };
  return accept({ href: url.href, place });
}

function oddPath(path: string): string | undefined {
  if (actingEscape.test(path)) return "an escaped dot, slash, backslash, percent sign or control character";
  if (parentWithParameters.test(path)) return "a `..` with parameters";
  try {
    decodeURIComponent(path);
    return undefined;
  } catch {
    return "an escape that is no character";
  }
}
