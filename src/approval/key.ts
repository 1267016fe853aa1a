// The key of requests and grants, derived from the server's secret by a label of its own, so that no other signature of the
// server's can stand for one. Made once, by compose.
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";

export interface ApprovalKey {
  /** Names the key in every token: another key's token is told from an altered one. */
  readonly id: string;
  readonly secret: KeyObject;
}

/** HKDF (RFC 5869) over the server's 32-byte secret. */
export function deriveApprovalKey(secretKey: Uint8Array): ApprovalKey {
  const secret = createSecretKey(Buffer.from(hkdfSync("sha256", secretKey, "", "ai-sre/approval/v1", 32)));
  return { id: createHmac("sha256", secret).update("key id").digest("hex").slice(0, 8), secret };
}
