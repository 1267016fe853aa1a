// Signed tokens of two kinds, a request and a grant, that can never stand for each other. Everything about a token that
// is ours is fixed: algorithm, kind, key, fields. Used by approvals.ts; it knows no plan and no ledger.
import { errors, jwtVerify, SignJWT } from "jose";
import * as z from "zod";
import type { ApprovalProblem, ApprovalRead, ApprovalRefusal } from "../domain/approval.ts";
import type { ApprovalKey } from "./key.ts";

const issuer = "ai-sre";
const algorithm = "HS256";
/** Longer ones are nobody's. */
const maxTokenChars = 64 * 1024;
/** How far the clock of the replica that signed may be ahead of this one's, seconds. */
const maxAheadS = 30;

const text = z.string().max(512);
const seconds = z.int().min(1);
const common = {
  iss: z.literal(issuer),
  /** The cluster. */
  aud: text,
  /** Who asks, and may use the grant. */
  sub: text,
  jti: z.string().regex(/^[0-9a-z]{20,40}$/),
  iat: seconds,
  exp: seconds,
  tool: text,
  plan: z.string().regex(/^[0-9a-f]{64}$/),
  /** The process that remembers what becomes of it; absent when a ledger that all replicas share does. */
  proc: text.optional(),
};

const requestClaims = z.strictObject({
  ...common,
  effects: z.array(z.enum(["read", "workspace", "write", "destructive"])),
  ns: z.array(text),
  roles: z.array(text).min(1),
  /** Whether a message holds all of it. */
  fits: z.boolean(),
  /** The whole text, deflated; absent when it is too long for a token. */
  text: z.string().optional(),
});
const grantClaims = z.strictObject({ ...common, by: text, roles: z.array(text).min(1) });

export type RequestClaims = z.output<typeof requestClaims>;
export type GrantClaims = z.output<typeof grantClaims>;

const kinds = {
  request: { typ: "aisre-request+jwt", noun: "request" },
  grant: { typ: "aisre-grant+jwt", noun: "grant" },
} as const;

export interface TokenKind<Claims> {
  sign(claims: Omit<Claims, "iss">): Promise<string>;
  /** What it says, if it was signed with this key, as this kind, and holds now. Never throws. */
  open(token: string, nowMs: number): Promise<ApprovalRead<Claims>>;
}

export const requestTokens = (key: ApprovalKey): TokenKind<RequestClaims> => tokensOf("request", requestClaims, key);
export const grantTokens = (key: ApprovalKey): TokenKind<GrantClaims> => tokensOf("grant", grantClaims, key);

function tokensOf<Claims extends z.output<z.ZodObject<typeof common>>>(
  kind: keyof typeof kinds,
  schema: z.ZodType<Claims>,
  key: ApprovalKey,
): TokenKind<Claims> {
  const { typ, noun } = kinds[kind];
  const header = { alg: algorithm, typ, kid: key.id };
  const ours = `${Buffer.from(JSON.stringify(header)).toString("base64url")}.`;
  const refuse = (problem: ApprovalProblem, message: string): ApprovalRefusal => ({ ok: false, problem, message });
  const forged = () => refuse("forged", `This is no ${noun} of this server.`);

  return {
    sign: (claims) => new SignJWT({ iss: issuer, ...claims }).setProtectedHeader(header).sign(key.secret),
    open: async (token, nowMs) => {
      // The header is compared as it stands: there is no algorithm, kind or key to choose.
      if (token.length > maxTokenChars || !token.startsWith(ours) || !isCanonical(token)) return forged();
      try {
        const { payload } = await jwtVerify(token, key.secret, {
          algorithms: [algorithm],
          typ,
          issuer,
          currentDate: new Date(nowMs),
          clockTolerance: 0,
          requiredClaims: ["aud", "sub", "jti", "iat", "exp"],
        });
        const claims = schema.safeParse(payload);
        if (!claims.success) return forged();
        if (claims.data.iat * 1000 > nowMs + maxAheadS * 1000) {
          return refuse("early", `This ${noun} was made in the future: the clocks of the replicas differ.`);
        }
        return { ok: true, value: claims.data };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return refuse("expired", `This ${noun} has expired.`);
        if (error instanceof errors.JWSSignatureVerificationFailed) {
          return refuse("altered", `This ${noun} was changed after it was signed.`);
        }
        if (error instanceof errors.JOSEError) return forged();
        throw error;
      }
    },
  };
}

/** Three parts in the one spelling that their bytes have: base64 has spare bits, and a token has no second form. */
function isCanonical(token: string): boolean {
  const parts = token.split(".");
  return (
    parts.length === 3 &&
    parts.every((part) => part !== "" && Buffer.from(part, "base64url").toString("base64url") === part)
  );
}
