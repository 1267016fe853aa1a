// What stands as the value of a credential's key: real references and structures stay, passwords that begin like one go.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "../../src/redaction/redact.ts";

const profiles = ["credentials", "kubernetes"];
const clean = (text: string): string => redact(text, profiles).text;

/** Passwords in the clothes of a structure, a reference or a mask. */
const clothes: readonly ((password: string) => string)[] = [
  (password) => `{${password}}`,
  (password) => `{${password}`,
  (password) => `{{${password}}}`,
  (password) => `{{${password}`,
  (password) => `{{x-${password}`,
  (password) => `{{"${password}"}}`,
  (password) => `{{ .a }}${password}`,
  (password) => `{{.a}}-${password}{{.b}}`,
  (password) => `{'${password}'}`,
  (password) => `["${password}"]`,
  (password) => `<a>${password}`,
  (password) => `<${password}>`,
  (password) => `<none>${password}`,
  (password) => `<set-to-${password}>`,
  (password) => `map[${password}`,
  (password) => `map[${password}]`,
  (password) => `[${password}]`,
  (password) => `["a", "${password}"]`,
  (password) => `[${password}`,
  (password) => `(${password})`,
  (password) => `***${password}`,
  (password) => `|${password}`,
  (password) => `120bytes${password}`,
  (password) => `true${password}`,
];

/** As tools print a value behind its key. */
const places: readonly ((value: string) => string)[] = [
  (value) => `password: ${value}\n`,
  (value) => `  DB_PASSWORD:  ${value}\n`,
  (value) => `export API_TOKEN=${value}\n`,
  (value) => `level=info password=${value} host=db\n`,
  (value) => JSON.stringify({ apiKey: value }),
  (value) => JSON.stringify({ apiKey: ["first", value], x: 1 }),
  (value) => JSON.stringify({ apiKey: [value, value], x: 1 }, null, 2),
  (value) => JSON.stringify([{ name: "CLIENT_SECRET", value }]),
  (value) => `- name: DB_PASSWORD\n  value: ${value}\n- name: X\n  value: y\n`,
];

describe("a password", () => {
  const password = fc.stringMatching(/^[A-Z][a-z]{2,8}[0-9]{2,6}[A-Za-z0-9]{0,8}$/);

  it("goes in whatever clothes it comes, behind any key", () => {
    fc.assert(
      fc.property(password, fc.constantFrom(...clothes), fc.constantFrom(...places), (made, dress, place) => {
        expect(clean(place(dress(made)))).not.toContain(made);
      }),
      { numRuns: 600 },
    );
  });

  it("is gone after one redaction: a second one finds nothing", () => {
    fc.assert(
      fc.property(password, fc.constantFrom(...clothes), fc.constantFrom(...places), (made, dress, place) => {
        const once = clean(place(dress(made)));
        expect(redact(once, profiles)).toEqual({ text: once, counts: {} });
      }),
      { numRuns: 600 },
    );
  });
});

it("a list of credentials stays a list", () => {
  const text = JSON.stringify({ tokens: 1, token: ["Aa12345", "b"], port: 1 });
  expect(JSON.parse(clean(text))).toEqual({
    tokens: 1,
    token: ["[redacted:password]", "[redacted:password]"],
    port: 1,
  });
});

it.each([
  "password: {{ .Values.db.password }}",
  "password: {{ .Values.db.password | quote }}",
  'password: "{{ .Values.db.password }}"',
  "password: {{.Values.a}}-{{.Values.b}}",
  'password: {{- include "chart.password" . }}',
  "password: {{ randAlphaNum 16 }}",
  "password={{ .Values.a }}-{{ .Values.b }}",
  "password={{ .Values.a | quote }}",
  "token: {}",
  "token: []",
  "token: [",
  '"token": {',
  "secret: {name: db, key: password}",
  'secret: {"name":"db"}',
  "secret: [{name: db}]",
  "secret: map[key:password name:db]",
  "secret: map[]",
  "DB_PASSWORD:  <set to the key 'password' in secret 'web-db'>  Optional: false",
  "API_TOKEN:  <set to the key 'token' of config map 'web'>  Optional: true",
  "token:  1234 bytes",
  "token: <none>",
  "password=<nil>",
  "password=<your-token>",
  "password: <PASSWORD>",
  "password: [REDACTED]",
  "password: (sensitive)",
  "password: ********",
  "password: |",
  "password: null",
  "password: ${DB_PASSWORD}",
  "password: $(DB_PASSWORD)",
  "password=$DB_PASSWORD",
])("an operator can read %s", (line) => {
  expect(clean(`${line}\n`)).toBe(`${line}\n`);
});
