// A child's request line and headers → who asks and for what. Called by front.ts for every request; judges nothing, but passes on
// nothing that two readers could read differently.
import type { IncomingMessage } from "node:http";
import { type Asked, type Refused, refused } from "./verdict.ts";

export interface ReadRequest {
  readonly ok: true;
  readonly nonce: string;
  readonly asked: Asked;
}

/** Twice, each of these says two things. */
const once = new Set(["host", "authorization", "proxy-authorization", "content-length", "transfer-encoding"]);
/** `http://host[:port]/path[?query]`, printable, without login and fragment. */
const absolute = /^http:\/\/([a-z0-9.-]+(?::[0-9]{1,5})?)(\/[!-"$->@-~]*)?(?:\?([!-"$-~]*))?$/;
const relative = /^(\/[!-"$->@-~]*)(?:\?([!-"$-~]*))?$/;

/** What came over the proxy's port: absolute form, the nonce as the proxy's user. */
export function readProxied(request: IncomingMessage): ReadRequest | Refused {
  const [, authority = "", path = "/", query = ""] = absolute.exec(request.url ?? "") ?? [];
  if (authority === "") return refused("only http://HOST/PATH is understood here");
  const { headers } = request;
  if (headers.host !== authority) return refused("the Host header names another server than the request");
  return read(request, nonceOf(request), { authority, path, query });
}

/** The proxy's user. */
export function nonceOf({ headers }: IncomingMessage): string {
  const [, encoded = ""] = /^Basic ([A-Za-z0-9+/=]{1,256})$/.exec(headers["proxy-authorization"] ?? "") ?? [];
  return Buffer.from(encoded, "base64").toString("latin1").split(":", 1)[0] ?? "";
}

/** What came over the Unix socket: origin form, the nonce as the token that gh believes to have. */
export function readDirect(request: IncomingMessage): ReadRequest | Refused {
  const [, path, query = ""] = relative.exec(request.url ?? "") ?? [];
  const { host: authority = "", authorization = "" } = request.headers;
  if (path === undefined) return refused("only /PATH is understood here");
  const [, nonce = ""] = /^token ([A-Za-z0-9_-]{1,128})$/.exec(authorization) ?? [];
  return read(request, nonce, { authority, path, query });
}

function read(
  request: IncomingMessage,
  nonce: string,
  place: Pick<Asked, "authority" | "path" | "query">,
): ReadRequest | Refused {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const twice = names.find((name, index) => once.has(name) && names.indexOf(name) !== index);
  if (twice !== undefined) return refused(`the header ${twice} stands there twice`);
  const { headers, method = "" } = request;
  if (headers.upgrade !== undefined || /\bupgrade\b/i.test(headers.connection ?? "")) {
    return refused("no other protocol is spoken here");
  }
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && (coding !== "chunked" || headers["content-length"] !== undefined)) {
    return refused("the length of the body is said in two ways");
  }
  return { ok: true, nonce, asked: { method, ...place, headers } };
}
