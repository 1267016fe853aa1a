// Connections to the real servers that are kept for the next request. Used by forward.ts.
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type AgentOptions } from "node:https";
import type { Upstream } from "../domain/upstream.ts";

/** No byte for so long ends a connection: longer than any command. */
export const silenceMs = 60_000;

/** Kept connections, one pool for each login: a changed certificate opens new ones. */
const agents = new WeakMap<Upstream, HttpAgent | HttpsAgent>();

export function agentFor(upstream: Upstream): HttpAgent | HttpsAgent {
  const held = agents.get(upstream);
  if (held !== undefined) return held;
  const { url, tls } = upstream;
  const options: AgentOptions = {
    keepAlive: true,
    maxSockets: 64,
    timeout: silenceMs,
    ...(tls === undefined
      ? {}
      : {
          rejectUnauthorized: tls.verify,
          ...(tls.authorities === undefined ? {} : { ca: tls.authorities }),
          ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
          ...(tls.certificate === undefined ? {} : { cert: tls.certificate, key: tls.key }),
        }),
  };
  const agent = url.startsWith("https:") ? new HttpsAgent(options) : new HttpAgent(options);
  agents.set(upstream, agent);
  return agent;
}
