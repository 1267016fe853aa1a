// A secret value → eight hex digits that say only whether two values are the same. Made by compose with a key of the server's
// own; handed to redact. Without the key nobody can try values against a fingerprint.
import { createHmac, createSecretKey, hkdfSync } from "node:crypto";

export type Fingerprint = (value: string) => string;

const digits = 8;
/** `data` holds in base64 what `stringData` and `env` hold as it is: all three show as equal. */
const maxDecodings = 3;
/** Longer values are not looked into; they are hashed as they are. */
const maxDecodedChars = 64 * 1024;
const base64 = /^[A-Za-z0-9+/]{2,}={0,2}$/;

/** The key is derived, so that a fingerprint tells nothing about the server's other uses of its secret. */
export function createFingerprint(secretKey: Uint8Array): Fingerprint {
  const key = createSecretKey(Buffer.from(hkdfSync("sha256", secretKey, "", "ai-sre/redaction/v1", 32)));
  return (value) => createHmac("sha256", key).update(innermost(value), "latin1").digest("hex").slice(0, digits);
}

/** Decoded as often as it is base64: a word that happens to look like it is decoded wherever it stands, so equal stays equal. */
function innermost(value: string): string {
  // Bytes, one a character: what base64 holds need not be a text.
  let inner = Buffer.from(value.trim()).toString("latin1");
  for (let times = 0; times < maxDecodings; times += 1) {
    if (inner.length > maxDecodedChars || inner.length % 4 !== 0 || !base64.test(inner)) break;
    inner = Buffer.from(inner, "base64").toString("latin1");
  }
  return inner;
}
