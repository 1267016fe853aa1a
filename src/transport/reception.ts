// The first checks of both doors, in one order: place (Host, Origin), then credentials. Failures are counted and told to
// whoever audits them; the caller learns only which check it was.
import type { IncomingMessage } from "node:http";
import type { ServerConfig } from "../config/config.ts";
import type { Observer } from "../domain/ports.ts";
import type { Principal } from "../domain/principal.ts";
import type { HttpErrorCode } from "../errors.ts";
import type { Authenticator } from "./authenticate.ts";
import { checkPlace } from "./guards.ts";

export type AuthFailure = Parameters<Observer["authFailure"]>[0];

export type Received =
  | {
      readonly ok: true;
      readonly principal: Principal;
      /** Who that is by now, while the connection stays open; undefined when the key has been taken away. */
      readonly now: () => Principal | undefined;
    }
  | { readonly ok: false; readonly code: HttpErrorCode; readonly headers: Readonly<Record<string, string>> };

export interface ReceptionOptions {
  readonly places: Pick<ServerConfig, "allowedHosts" | "allowedOrigins">;
  readonly authenticator: Authenticator;
  readonly observer: Pick<Observer, "authFailure">;
  /** For the audit, which bounds the rate itself. */
  readonly onRefused?: ((reason: AuthFailure, remoteAddress: string) => void) | undefined;
}

export interface Reception {
  /** Checks an MCP request or upgrade; `subprotocols` only for an upgrade. */
  receive(request: IncomingMessage, subprotocols?: readonly string[]): Received;
  /** Whether the request carries a valid key, for open endpoints that say more to whom they know. */
  recognise(request: IncomingMessage): boolean;
  /** Counts and reports a failure that a door found itself. */
  refused(reason: AuthFailure, request: IncomingMessage): void;
}

export function createReception({ places, authenticator, observer, onRefused }: ReceptionOptions): Reception {
  const refused = (reason: AuthFailure, request: IncomingMessage): void => {
    observer.authFailure(reason);
    onRefused?.(reason, request.socket.remoteAddress ?? "unknown");
  };
  return {
    refused,
    receive: (request, subprotocols) => {
      const misplaced = checkPlace(request.headers, places);
      if (misplaced !== undefined) {
        refused(misplaced, request);
        return { ok: false, code: misplaced === "host" ? "host_refused" : "origin_refused", headers: {} };
      }
      const known = authenticator.authenticate(request.headers, subprotocols);
      if (known.ok) {
        const hash = authenticator.hashOf(request.headers, subprotocols);
        return { ...known, now: () => authenticator.holderOf(hash) };
      }
      refused(known.reason, request);
      return { ok: false, code: "unauthorized", headers: { "www-authenticate": challenges[known.reason] } };
    },
    recognise: (request) => {
      if (authenticator.open || request.headers.authorization === undefined) return false;
      const known = authenticator.authenticate(request.headers);
      if (!known.ok) refused(known.reason, request);
      return known.ok;
    },
  };
}

/** RFC 6750 section 3: no error code for a request without credentials. */
const challenges = { missing: 'Bearer realm="ai-sre"', wrong: 'Bearer realm="ai-sre", error="invalid_token"' };
