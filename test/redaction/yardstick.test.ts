// Our list of credentials against secretlint's recommended rules: what they find, we replace; and why they do not do it
// themselves (docs/adr/0006-own-credential-patterns.md).
import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "../../src/redaction/redact.ts";
import { printed } from "./generated.ts";

/** Names of the rules that find something. */
async function found(content: string): Promise<readonly string[]> {
  const source = { filePath: "output.txt", content, contentType: "text" as const, ext: ".txt" };
  const config = { rules: [{ id: "recommended", rule: creator, options: {} }] };
  const { messages } = await lintSource({ source, options: { config } });
  return messages.map(({ ruleId }) => ruleId);
}
const clean = (text: string) => redact(text, ["credentials", "kubernetes"]).text;

describe("what secretlint's recommended rules find", () => {
  it.each(Object.entries(printed))("%s is found by them, and by nobody after redaction", async (_name, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ text, secret }) => {
        const redacted = clean(text);
        expect(await found(text)).not.toEqual([]);
        expect(redacted).not.toContain(secret);
        // A placeholder where a password was is a password to them.
        expect(await found(redacted.replaceAll(/\[redacted:\w+\]/g, ""))).toEqual([]);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

describe("what they would let through", () => {
  const token = `ghp_${"aB3".repeat(12)}`;

  it("a text glued to a token, as templates print it: they look for its borders, we do not", async () => {
    expect(await found(`x ${token} y`)).not.toEqual([]);
    expect(await found(`x${token}`)).toEqual([]);
    expect(clean(`x${token}`)).toBe("x[redacted:github_token]");
  });
});
