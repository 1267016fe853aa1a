// Principals and the hashes of their keys: from the two key variables and from AISRE_PRINCIPALS_FILE. Keys themselves
// are hashed here and never kept.
import { createHash } from "node:crypto";
import { parse } from "yaml";
import * as z from "zod";
import { roles } from "../domain/principal.ts";
import type { PrincipalKeys } from "./config.ts";

/** docs/configuration.md is made from it. */
export const principalSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "must be lower-case letters, digits, `.`, `_`, `-`")
    .describe("Its name in the audit: lower-case letters, digits, `.`, `_`, `-`."),
  roles: z.array(z.enum(roles)).min(1).describe("What it may do. `approver` stands alone."),
  key_sha256: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, "must be the SHA-256 of the key, 64 hex digits"))
    .min(1)
    .describe("SHA-256 of each of its keys, 64 hex digits; two of them while a key is changed."),
});
const principalsFile = z.array(principalSchema).min(1, "must list at least one principal");

/** SHA-256 of a key as lower-case hex: what is kept instead of the key. */
export const hashKey = (key: string): string => createHash("sha256").update(key, "utf8").digest("hex");

/** Parses the YAML of AISRE_PRINCIPALS_FILE. Problems name the path inside the file. */
export function parsePrincipals(
  text: string,
): { readonly principals: readonly PrincipalKeys[] } | { readonly problems: readonly string[] } {
  let raw: unknown;
  try {
    // failsafe: every scalar is a string, so that a hash of digits does not become a number.
    raw = parse(text, { schema: "failsafe", uniqueKeys: true, maxAliasCount: 0 });
  } catch (error) {
    return { problems: [`not YAML: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unreadable"}`] };
  }
  const parsed = principalsFile.safeParse(raw);
  if (!parsed.success) {
    return { problems: parsed.error.issues.map((issue) => `${issue.path.join(".") || "file"}: ${issue.message}`) };
  }
  return {
    principals: parsed.data.map(({ id, roles: held, key_sha256 }) => ({ id, roles: held, keySha256: key_sha256 })),
  };
}

/** What makes a set of principals unsound: repeated ids, a key that two share, one who could approve its own calls. */
export function checkPrincipals(principals: readonly PrincipalKeys[]): readonly string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  const keys = new Map<string, string>();
  for (const { id, roles: held, keySha256 } of principals) {
    if (ids.has(id)) problems.push(`principal ${id} is declared twice`);
    ids.add(id);
    if (held.includes("approver") && held.length > 1) {
      problems.push(
        `principal ${id} holds approver beside ${held.filter((role) => role !== "approver").join(", ")}: it could approve its own calls`,
      );
    }
    for (const key of keySha256) {
      const owner = keys.get(key);
      if (owner !== undefined) problems.push(`principals ${owner} and ${id} share a key`);
      keys.set(key, id);
    }
  }
  return problems;
}
