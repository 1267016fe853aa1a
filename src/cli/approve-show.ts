// A request for approval as a person reads it at a terminal: all of it, out of the token. The token is not verified here (only
// a server has the key), so everything is bounded and nothing that a terminal would act on is let through.
import { decodeJwt } from "jose";
import * as z from "zod";
import { unpack } from "../approval/full-text.ts";

const claims = z.looseObject({
  sub: z.string(),
  jti: z.string(),
  exp: z.number(),
  tool: z.string(),
  plan: z.string().regex(/^[0-9a-f]{64}$/),
  roles: z.array(z.string()),
  text: z.string().optional(),
});

export interface ShownRequest {
  readonly id: string;
  readonly requester: string;
  readonly tool: string;
  /** Digest of the whole plan. */
  readonly plan: string;
  readonly roles: readonly string[];
  readonly expires_at: string;
  readonly text: string;
}

/** Undefined for what is no request. */
export function showRequest(token: string): ShownRequest | undefined {
  const read = claims.safeParse(decoded(token));
  if (!read.success) return undefined;
  const { sub, jti, exp, tool, plan, roles, text } = read.data;
  const expires_at = new Date(Math.min(exp, maxSeconds) * 1000).toISOString();
  const whole = text === undefined ? undefined : unpack(text);
  const missing = [
    "The whole text is too long to travel in a request. What would run has this digest; the audit has its argvs",
    "(`planDigest`), and the SHA-256 of its standard input or files. Compare them before you approve.",
    `Plan: ${plan}`,
    `Asked by: ${sub} with ${tool}; until ${expires_at}`,
  ].join("\n");
  const shown = { id: jti, requester: sub, tool, plan, roles, expires_at, text: whole ?? missing };
  return { ...shown, text: printable(shown.text) };
}

/** The last moment that Date knows, seconds. */
const maxSeconds = 8_640_000_000_000;

function decoded(token: string): unknown {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

const printable = (text: string): string => text.toWellFormed().replace(/[^\P{C}\n\t]/gu, "\ufffd");
