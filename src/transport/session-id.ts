// Mcp-Session-Id without sessions: a nonce and its HMAC. Nothing is stored, so any replica with the same secret knows it;
// it proves nothing but that we issued it to this principal, and lets a cancel find its call (n8n cancels by a second POST).
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

export interface SessionIds {
  issue(principalId: string): string;
  verify(sessionId: string, principalId: string): boolean;
}

/** Session ids under a key derived from the configured secret (HKDF-SHA-256, RFC 5869). */
export function createSessionIds(secretKey: Buffer): SessionIds {
  const key = Buffer.from(hkdfSync("sha256", secretKey, Buffer.alloc(0), "ai-sre/mcp-session-id/v1", 32));
  const sign = (nonce: string, principalId: string): Buffer =>
    createHmac("sha256", key).update(`${nonce}\n${principalId}`, "utf8").digest();
  return {
    issue: (principalId) => {
      const nonce = randomBytes(16).toString("base64url");
      return `${nonce}.${sign(nonce, principalId).toString("base64url")}`;
    },
    verify: (sessionId, principalId) => {
      const [, nonce, mac] = /^([\w-]{22})\.([\w-]{43})$/.exec(sessionId) ?? [];
      if (nonce === undefined || mac === undefined) return false;
      return timingSafeEqual(Buffer.from(mac, "base64url"), sign(nonce, principalId));
    },
  };
}
