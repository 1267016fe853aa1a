// Whether a signed bundle may follow the one in force. An old bundle has a good signature for ever: without an order, whoever can
// write the folder could bring an old mistake back. Called by compose/live-policy.ts; pure.
import type { Release } from "./signature.ts";

export interface Order {
  readonly candidate: Release | undefined;
  readonly running?: Release | undefined;
  /** The one revision that the operator names, older or not. */
  readonly named?: string | undefined;
  /** They are the same, byte for byte. */
  readonly isSame?: boolean;
}

/** Why it may not; nothing when it may. */
export function whyOutOfOrder({ candidate, running, named, isSame = false }: Order): string | undefined {
  if (candidate === undefined) return undefined;
  if (named !== undefined) {
    if (candidate.revision === named) return undefined;
    return `it is revision ${candidate.revision}, and AISRE_POLICY_REVISION names ${named}`;
  }
  if (running === undefined || isSame || candidate.number > running.number) return undefined;
  return `its revision ${candidate.revision} is not newer than ${running.revision}, which is in force: sign it with a higher number, or name it in AISRE_POLICY_REVISION`;
}
