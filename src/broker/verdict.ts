// What a check makes of one request: the way it goes, or why it does not. Shared by the checks and the front.
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { LookupFunction } from "node:net";
import type { Upstream } from "../domain/upstream.ts";

/** One request as the child made it, read but not judged. */
export interface Asked {
  readonly method: string;
  /** `host` or `host:port`, lower case. */
  readonly authority: string;
  /** As it came: from the first `/` to the `?`. */
  readonly path: string;
  /** Behind the `?`, as it came; "" without one. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Refused {
  readonly ok: false;
  readonly message: string;
  /** The program always tries it, and does without. */
  readonly foreseen?: true;
}

export const refused = (message: string): Refused => ({ ok: false, message });

/** A body that was looked at: whole, or its beginning and what follows. */
export type Body = { readonly ok: true; readonly whole: Buffer } | { readonly ok: true; readonly head: Buffer };

export interface Passed {
  readonly ok: true;
  readonly upstream: Upstream;
  /** Path and query towards the upstream, below its own path. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  /** Looks at the body before anything is sent; without it the request has none. */
  readonly body?: (request: IncomingMessage) => Promise<Body | Refused>;
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  /** Which address is dialled, where that was decided before. */
  readonly lookup?: LookupFunction;
  /** Hears the whole answer before the child does. */
  readonly hears?: (answer: string) => void;
  /** Where the upstream may send us on to, once and without a login; without it the child hears of the redirect. */
  readonly follows?: (location: string) => Promise<Passed | Refused>;
}

export type Verdict = Passed | Refused;
