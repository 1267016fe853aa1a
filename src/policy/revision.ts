// The name of what decides: a digest over policy.wasm and the merged data. It stands in every decision, audit record and
// metric, so that a verdict can be traced to the exact policy and site data. Called by pdp.ts.
import { createHash } from "node:crypto";

/** Hex digits kept: 128 bits. */
const digits = 32;

/**
 * `sha256:` and the first 32 hex digits of sha256 over: sha256 of policy.wasm (hex), newline, the data document as JSON with
 * sorted keys. `sha256sum policy.wasm` and `jq -cS` reproduce it.
 */
export function revisionOf(wasmSha256: string, data: unknown): string {
  const text = `${wasmSha256}\n${JSON.stringify(sortKeys(data))}`;
  return `sha256:${createHash("sha256").update(text).digest("hex").slice(0, digits)}`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}
