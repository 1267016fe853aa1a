// Names and ids that look like a cluster's own and are the same on every run. Used by the simulated cluster's objects.
import { createHash } from "node:crypto";

/** Kubernetes' alphabet for generated names: no vowels, nothing that looks like another. */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** A name's generated part, `length` characters, from any seed. */
export function suffix(seed: string, length: number): string {
  const bytes = createHash("sha256").update(seed).digest().subarray(0, length);
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("");
}

/** A UUID from any seed. */
export function uidOf(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/** Whole seconds, as Kubernetes writes times. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
