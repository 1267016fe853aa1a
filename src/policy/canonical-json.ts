// The hash that `opa sign` gives a file: over the bytes, but for the documents that OPA reads itself over their JSON with
// sorted keys and no blanks. Called by signature.ts; pure.
import { createHash } from "node:crypto";

/** OPA's documents (bundle.IsStructuredDoc); YAML is none of ours. */
const documents = new Set(["data.json", ".manifest"]);

const algorithms: Readonly<Record<string, string>> = { "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" };

/** Hex digest of one file as the signature lists it; nothing for an algorithm that is not ours, or a document that is no JSON. */
export function hashLikeOpa(name: string, bytes: Uint8Array, algorithm: string): string | undefined {
  const hash = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
  if (hash === undefined) return undefined;
  const content = documents.has(name) ? canonical(bytes) : bytes;
  return content === undefined ? undefined : createHash(hash).update(content).digest("hex");
}

function canonical(bytes: Uint8Array): string | undefined {
  try {
    return print(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

/** A number in another spelling than JavaScript's (1.0, 1e3) hashes differently than OPA's: such a file is refused. */
function print(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(print).join(",")}]`;
  if (typeof value !== "object" || value === null) return primitive(value);
  const members = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([key, member]) => `${primitive(key)}:${print(member)}`).join(",")}}`;
}

/** Go escapes these two as well. */
const primitive = (value: unknown): string =>
  JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
