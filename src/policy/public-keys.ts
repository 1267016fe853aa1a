// The keys that a bundle may be signed with: PEM text → keys with their ids. Called where configuration comes in.
import { createHash, createPublicKey, type KeyObject } from "node:crypto";

export interface PublicKey {
  readonly key: KeyObject;
  /** First 16 hex digits of the SHA-256 over its DER form (SubjectPublicKeyInfo). */
  readonly id: string;
  /** JWS algorithms that it may have signed with; never one that shares a secret. */
  readonly algorithms: readonly string[];
}

const blocks = /-----BEGIN (?:RSA )?PUBLIC KEY-----[^-]+-----END (?:RSA )?PUBLIC KEY-----/g;
const idDigits = 16;

/** Several keys may stand in one text, so that they can be rotated. Throws an Error when there is none that can verify. */
export function parsePublicKeys(pem: string): readonly PublicKey[] {
  const keys = [...pem.matchAll(blocks)].map(([block]) => toKey(createPublicKey(block)));
  if (keys.length === 0) throw new Error("holds no PEM block `PUBLIC KEY`");
  return keys;
}

function toKey(key: KeyObject): PublicKey {
  const der = key.export({ type: "spki", format: "der" });
  return { key, algorithms: algorithmsOf(key), id: createHash("sha256").update(der).digest("hex").slice(0, idDigits) };
}

/** What `opa sign` can make by such a key (RFC 7518 section 3.1). */
function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): readonly string[] {
  if (type === "rsa" && (details?.modulusLength ?? 0) < 2048)
    throw new Error("holds an RSA key of less than 2048 bits");
  if (type === "rsa") return ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
  const curves: Readonly<Record<string, string>> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };
  const algorithm = type === "ec" ? curves[details?.namedCurve ?? ""] : undefined;
  if (algorithm === undefined)
    throw new Error("holds a key that is neither RSA nor on the curve P-256, P-384 or P-521");
  return [algorithm];
}
