// A verdict as the ledger keeps it, and the grant that follows from it. The grant is made of the request and the recorded
// verdict alone, so that whoever approves again, at whichever replica, gets the very same one. Pure; used by approvals.ts.
import type { RequestFacts, Verdict } from "../domain/approval.ts";
import { LedgerUnavailable } from "../errors.ts";
import type { GrantClaims } from "./tokens.ts";

export interface VerdictRecord {
  readonly verdict: Verdict;
  readonly by: string;
  readonly roles: readonly string[];
  readonly atS: number;
}

/** Who was approved at the last moment has still this long to call again, seconds. */
const leastGrantS = 300;

export function grantOf(facts: RequestFacts, { by, roles, atS }: VerdictRecord): Omit<GrantClaims, "iss" | "aud"> {
  const exp = Math.max(Math.floor(facts.expiresAtMs / 1000), atS + leastGrantS);
  return {
    sub: facts.requester,
    jti: facts.id,
    iat: atS,
    exp,
    tool: facts.tool,
    plan: facts.digest,
    by,
    roles: [...roles],
  };
}

/** A verdict is kept for as long as the grant that follows from it. */
export const keepUntilMs = (facts: RequestFacts, verdict: VerdictRecord): number => grantOf(facts, verdict).exp * 1000;

export const writeVerdict = ({ verdict, by, roles, atS }: VerdictRecord): Readonly<Record<string, string>> => ({
  verdict,
  by,
  roles: roles.join(","),
  at: String(atS),
});

/** @throws LedgerUnavailable for what this server did not write */
export function readVerdict({ verdict, by, roles, at }: Readonly<Record<string, string>>): VerdictRecord {
  const atS = Number(at);
  if ((verdict !== "approve" && verdict !== "deny") || by === undefined || !roles || !Number.isSafeInteger(atS)) {
    throw new LedgerUnavailable("the ledger holds a verdict that this server does not understand");
  }
  return { verdict, by, roles: roles.split(","), atS };
}
