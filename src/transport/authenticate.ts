// Credentials → Principal. Keys arrive as `Authorization: Bearer`, or as a WebSocket subprotocol from clients that cannot
// set headers; never in the URL. Only hashes are held, and every one is compared, in constant time.
import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { PrincipalKeys } from "../config/config.ts";
import type { Principal, Role } from "../domain/principal.ts";

export type Authentication =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly reason: "missing" | "wrong" };

export interface Authenticator {
  /** True when no keys are configured, so that every caller is `anonymous`. */
  readonly open: boolean;
  /** Who sent these headers; `subprotocols` only for a WebSocket upgrade. */
  authenticate(headers: IncomingHttpHeaders, subprotocols?: readonly string[]): Authentication;
  /** What may be kept of who sent them: the hash of the key; undefined without one. */
  hashOf(headers: IncomingHttpHeaders, subprotocols?: readonly string[]): Buffer | undefined;
  /** Whose it is now; undefined when it is nobody's any more. */
  holderOf(digest: Buffer | undefined): Principal | undefined;
}

/** Without principals everybody is `anonymous` with the given roles: config/ has seen to it that only loopback is bound then. */
export function createAuthenticator(
  principals: readonly PrincipalKeys[],
  anonymousRoles: readonly Role[],
): Authenticator {
  const keys = principals.flatMap(({ id, roles, keySha256 }) => {
    const principal: Principal = Object.freeze({ id, roles: Object.freeze([...roles]), authenticatedBy: "bearer" });
    return keySha256.map((digest) => ({ digest: Buffer.from(digest, "hex"), principal }));
  });
  const anonymous: Principal = Object.freeze({
    id: "anonymous",
    roles: Object.freeze([...anonymousRoles]),
    authenticatedBy: "anonymous",
  });
  const open = principals.length === 0;
  const hashOf: Authenticator["hashOf"] = (headers, subprotocols = []) => {
    const presented =
      headers.authorization === undefined ? fromSubprotocols(subprotocols) : fromHeader(headers.authorization);
    return presented === undefined ? undefined : hash("sha256", presented, "buffer");
  };
  const holderOf: Authenticator["holderOf"] = (digest) => {
    if (open) return anonymous;
    let found: Principal | undefined;
    if (digest === undefined) return undefined;
    for (const key of keys) {
      if (timingSafeEqual(key.digest, digest)) found = key.principal;
    }
    return found;
  };
  return {
    open,
    hashOf,
    holderOf,
    authenticate: (headers, subprotocols = []) => {
      const digest = open ? undefined : hashOf(headers, subprotocols);
      const principal = holderOf(digest);
      if (principal !== undefined) return { ok: true, principal };
      return { ok: false, reason: digest === undefined ? "missing" : "wrong" };
    },
  };
}

/** The prefix that Kubernetes' API server uses in the same way (`base64url.bearer.authorization.k8s.io.`). */
const subprotocolPrefix = "aisre.bearer.";

/** The key of an Authorization header; another scheme is a key that matches nothing. */
function fromHeader(header: string): Buffer {
  const key = /^bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
  return Buffer.from(key ?? "", "utf8");
}

/** The key of the one `aisre.bearer.<base64url>` among the offered subprotocols; two of them match nothing. */
function fromSubprotocols(subprotocols: readonly string[]): Buffer | undefined {
  const offered = subprotocols.filter((name) => name.startsWith(subprotocolPrefix));
  const [first] = offered;
  if (first === undefined) return undefined;
  const encoded = first.slice(subprotocolPrefix.length);
  return offered.length > 1 || !/^[\w-]+$/.test(encoded) ? Buffer.alloc(0) : Buffer.from(encoded, "base64url");
}

/** Asks the newest of several, one after the other: the principals, or what a caller without a key may do, may change. */
export const followAuthenticator = (newest: () => Authenticator): Authenticator => ({
  get open() {
    return newest().open;
  },
  authenticate: (...sent) => newest().authenticate(...sent),
  hashOf: (...sent) => newest().hashOf(...sent),
  holderOf: (hash) => newest().holderOf(hash),
});
