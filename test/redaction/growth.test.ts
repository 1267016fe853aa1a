// Redaction of hostile text: its time grows with the length and not faster.
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
  ["block scalars", "\n password: |\n  a"],
  ["block scalars in JSON", "password: |\\n  a\\n"],
  ["values before names", '"value":"a","name":"'],
  ["marks of many issuers", "ghp_ sk-ant- SG. hvs. xoxb- AKIA :AA dapi npm_ "],
  ["base64 of a key's beginning", "LS0tLS1CRUdJTiBQUklWQVRF"],
  ["lines of a key", `x ${"aB".repeat(32)}\n`],
  ["hunks", "@@ -1 +1 @@ data:\n-  a: b\n+  a: c\n"],
  ["a hunk without end", "\n@@ -1 +1 @@\n+password: |\n+  a\n-  b"],
  ["merges of many parents", `\n${"@".repeat(17)} -1 +1 ${"@".repeat(17)}\n${" ".repeat(15)}+password: a`],
  ["blame", "\n0a1b2c3d (Ada 2026-01-02 03:04:05 +0000 1) password: a"],
  ["half of blame", "0a1b2c3d ("],
  ["templates", "\npassword: {{ .a | {{ .a }}-{{ b "],
  ["a template of blanks", "password: {{ .a |"],
  ["maps of Go", "\npassword: map[a:"],
  ["places to fill in", "\npassword: <your-your key "],
  ["token lines", "token: aaaaaaaaaaaaaaaa\n"],
];

/** CPU of one redaction, milliseconds: the clock on the wall also counts what the machine does for others. */
function timeOf(text: string): number {
  const before = process.cpuUsage();
  redact(text, ["credentials", "kubernetes"], { cut: true });
  credentialKinds([text]);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** How many times the time of a small text a text of eight times its size takes: linear is 8, quadratic 64. Least of some tries. */
function growth(text: (share: number) => string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && least > 16; round += 1) {
    const small = Math.min(timeOf(text(1)), timeOf(text(1)));
    // The first milliseconds are noise.
    least = Math.min(least, timeOf(text(8)) / Math.max(small, 4));
  }
  return least;
}

it.each(hostile)("redaction of %s grows with the length of the text and not faster", (_name, piece) => {
  expect(growth((share) => `"Secret" data: ${piece.repeat((share * 250_000) / piece.length)}`)).toBeLessThan(32);
});

it("a template, a map and a place to fill in that do not end are no trouble", () => {
  for (const start of ["{{ .a |", "{{ x ", "{{ .a }}", "<your ", "{ a: ", "map[a:", "[{"]) {
    expect(growth((share) => `password: ${start}${" a-{".repeat(20_000 * share)}`)).toBeLessThan(32);
    expect(growth((share) => `password: ${start}${" ".repeat(80_000 * share)}x`)).toBeLessThan(32);
  }
});

it("five megabytes of one value, or of one line, are no trouble", () => {
  const value = `{"kind":"Secret","data":{"a":"${"A".repeat(5_000_000)}"}}`;
  expect(redact(value, ["kubernetes"]).text).toBe('{"kind":"Secret","data":{"a":"[redacted:secret_data]"}}');
  const password = `{"password":"${"\\n".repeat(2_500_000)}"}`;
  expect(redact(password, ["credentials"]).text).toBe('{"password":"[redacted:password]"}');
  expect(growth((share) => `x ${"lorem ipsum ".repeat(50_000 * share)}`)).toBeLessThan(32);
});
