// Host and Origin allow-lists against DNS rebinding and hostile web pages (MCP spec 2025-11-25, transports: a server must
// answer 403 to a foreign Origin). Used before credentials are looked at, on the MCP endpoints only.
import type { IncomingHttpHeaders } from "node:http";
import type { ServerConfig } from "../config/config.ts";

export type GuardRefusal = "host" | "origin";

/** Why these headers are not from an allowed place, or undefined. */
export function checkPlace(
  { host, origin }: IncomingHttpHeaders,
  allowed: Pick<ServerConfig, "allowedHosts" | "allowedOrigins">,
): GuardRefusal | undefined {
  if (!isAllowedHost(host, allowed.allowedHosts)) return "host";
  if (!isAllowedOrigin(origin, host, allowed.allowedOrigins)) return "origin";
  return undefined;
}

/** A name or a bracketed IPv6 address, and perhaps a port: nothing else is a Host (RFC 9112 section 3.2). */
const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;

function isAllowedHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
  const name = hostPattern.exec(host?.toLowerCase() ?? "")?.[1];
  return name !== undefined && allowedHosts.some((allowed) => allowed.toLowerCase() === name);
}

/**
 * Programs send no Origin; a browser always does, and `null` is no place. A page of this very host and port is at home: its
 * Host has been checked, so no rebound name gets here.
 */
function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined) return true;
  const from = origin.toLowerCase();
  const home = host?.toLowerCase();
  return (
    from === `http://${home}` ||
    from === `https://${home}` ||
    allowedOrigins.some((allowed) => allowed.toLowerCase() === from)
  );
}
