import { expect, it } from "vitest";
import { credentialKinds } from "../../src/redaction/credential-kinds.ts";
import { redact } from "../../src/redaction/redact.ts";

/** Texts that make a careless pattern go back and forth. */
const hostile: readonly (readonly [string, string])[] = [
  ["jwt starts", "eyJ-"],
  ["jwt parts", "eyJaaaaaaaaaaaa."],
  ["one long word", "a"],
  ["key words", "password"],
  ["quoted key words", '"password":"'],
  ["escaped quotes", '\\"password\\":\\"'],
  ["env names", '"name":"x_token","value":"'],
  ["spaces after a key", '"token" '],
  ["spaces", " "],
  ["url starts", "://a:"],
  ["at signs", "://a:b@"],
  ["pem starts", "-----BEGIN PRIVATE KEY-----"],
  ["pem ends", "-----END PRIVATE KEY-----"],
  ["open braces", '{"data":'],
  ["closing braces", "}"],
  ["quotes", '"'],
  ["backslashes", "\\"],
  ["backslash and quote", '\\"'],
  ["secret keys", "kind: Secret data: {"],
  ["dashes", "- "],
  ["bearer", "Bearer aaaaaaaaaaaaaaaa "],
  ["authorization", "authorization: "],
  ["indents", "\n data:\n  a: b\n"],
  ["token lines", "token: aaaaaaaaaaaaaaaa\n"],
];

function timeOf(text: string): number {
  const startedAt = performance.now();
  redact(text, ["credentials", "kubernetes"], { cut: true });
  credentialKinds([text]);
  return performance.now() - startedAt;
}

it.each(hostile)("redaction of %s grows with the length of the text and not faster", (_name, piece) => {
  const text = (bytes: number) => `"Secret" data: ${piece.repeat(bytes / piece.length)}`;
  timeOf(text(20_000));
  const small = Math.min(timeOf(text(250_000)), timeOf(text(250_000)));
  const large = timeOf(text(2_000_000));
  // Eight times the text: linear is 8, quadratic 64. The first milliseconds are noise.
  expect(large / Math.max(small, 4)).toBeLessThan(32);
});

it("five megabytes of one value, or of one line, are no trouble", () => {
  const value = `{"kind":"Secret","data":{"a":"${"A".repeat(5_000_000)}"}}`;
  expect(redact(value, ["kubernetes"]).text).toBe('{"kind":"Secret","data":{"a":"[redacted:secret_data]"}}');
  const password = `{"password":"${"\\n".repeat(2_500_000)}"}`;
  expect(redact(password, ["credentials"]).text).toBe('{"password":"[redacted:password]"}');
  expect(timeOf(`x ${"lorem ipsum ".repeat(400_000)}`)).toBeLessThan(5000);
});
