// Verifies lines that a test has at hand, as `ai-sre audit verify` does with files.
import { deriveAuditKey } from "../../src/audit/chain.ts";
import { createVerifier, type VerifierOptions } from "../../src/audit/verify.ts";

/** Each line whole, with its line break; a Buffer where the bytes are no text. */
export function verifyAudit(
  lines: Iterable<string | Buffer>,
  secretKey: Uint8Array,
  options: Omit<VerifierOptions, "keys"> = {},
) {
  const verifier = createVerifier({ keys: [deriveAuditKey(secretKey)], ...options });
  let line = 0;
  for (const text of lines) {
    const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
    if (!verifier.take({ file: "audit.jsonl", line: (line += 1), bytes, ended: true })) break;
  }
  return verifier.verdict();
}
