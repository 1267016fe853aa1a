// Signs bundles as `opa sign` does, so that tests need no Go; signature.test.ts holds it to the real one where that is there.
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CompactSign } from "jose";
import { hashLikeOpa } from "../../src/policy/canonical-json.ts";

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly privatePem: string;
  readonly publicPem: string;
}

export function createSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKey,
    privatePem: privateKey.export({ type: "sec1", format: "pem" }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** Gives the bundle its revision, and signs every file of it. */
export async function signBundle(folder: string, revision: string, { privateKey }: SigningKey): Promise<void> {
  writeFileSync(path.join(folder, ".manifest"), JSON.stringify({ revision }));
  const files = readdirSync(folder)
    .filter((name) => name !== ".signatures.json")
    .map((name) => ({
      name,
      algorithm: "SHA-256",
      hash: hashLikeOpa(name, readFileSync(path.join(folder, name)), "SHA-256"),
    }));
  await signClaims(folder, { files }, privateKey);
}

export async function signClaims(
  folder: string,
  claims: unknown,
  key: KeyObject | Uint8Array,
  alg = "ES256",
): Promise<void> {
  const token = await new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg }).sign(key);
  writeFileSync(path.join(folder, ".signatures.json"), JSON.stringify({ signatures: [token] }));
}
