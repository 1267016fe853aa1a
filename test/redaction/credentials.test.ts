// Credentials known by their shape or their key: replaced wherever they stand, and nothing else with them.
import { describe, expect, it } from "vitest";
import { credentialKinds } from "../../src/redaction/credential-kinds.ts";
import { redact } from "../../src/redaction/redact.ts";
import { samples } from "./samples.ts";

const clean = (text: string) => redact(text, ["credentials"]);

const known: readonly (readonly [kind: string, text: string, secret: string])[] = [
  ["bearer_token", `Authorization: Bearer ${samples.bearer}`, samples.bearer],
  ["bearer_token", `curl -H "authorization: bearer ${samples.bearer}" x`, samples.bearer],
  ["bearer_token", `{"Authorization":"Bearer ${samples.bearer}"}`, samples.bearer],
  ["bearer_token", `sent Bearer ${samples.bearer} to it`, samples.bearer],
  ["basic_auth", "Authorization: Basic YWRtaW46aHVudGVyMg==", "YWRtaW46aHVudGVyMg"],
  ["github_token", `remote says ${samples.githubClassic}.`, samples.githubClassic],
  ["github_token", `x=${samples.githubFine}`, samples.githubFine],
  ["gitlab_token", `tok ${samples.gitlab}`, samples.gitlab],
  ["slack_token", `hook ${samples.slack}`, samples.slack],
  ["slack_token", "https://hooks.slack.com/services/T0123/B0123/abcdefghijklmn", "abcdefghijklmn"],
  ["aws_access_key", `id ${samples.awsKey};`, samples.awsKey],
  ["aws_secret_key", `aws_secret_access_key = ${samples.awsSecret}`, samples.awsSecret],
  ["aws_secret_key", `"SecretAccessKey": "${samples.awsSecret}"`, samples.awsSecret],
  ["google_api_key", `key ${samples.google}`, samples.google],
  ["vault_token", `logged in ${samples.vault}`, samples.vault],
  ["jwt", `claims ${samples.jwt} end`, samples.jwt],
  ["url_password", "postgres://app:hunter2%40x@db:5432/app", "hunter2"],
  ["url_password", "redis://:p@ss:word@cache:6379", "ss:word"],
  ["kubeconfig_token", `    token: ${samples.bearer}\n`, samples.bearer],
  ["kubeconfig_key", `    client-key-data: ${samples.opaque}${samples.opaque}\n`, samples.opaque],
  ["private_key", `a\n${samples.pem}\nb`, samples.bearer],
  ["private_key", JSON.stringify({ pem: samples.pem }), samples.bearer],
];

describe("credentials", () => {
  it.each(known)("replaces and names a %s in %s", (kind, text, secret) => {
    const { text: redacted, counts } = clean(text);
    expect(redacted).not.toContain(secret);
    expect(redacted).toContain(`[redacted:${kind}]`);
    expect(counts[kind]).toBe(1);
    expect(credentialKinds([text])).toContain(kind);
  });

  it.each(known)("changes nothing when it redacts a %s in %s twice", (_kind, text) => {
    const once = clean(text).text;
    expect(clean(once)).toEqual({ text: once, counts: {} });
    expect(credentialKinds([once])).toEqual([]);
  });

  it.each(known)("replaces a %s in JSON that holds %s after a newline", (kind, text, secret) => {
    const json = JSON.stringify({ text: `first\n${text}` });
    expect(clean(json).text).not.toContain(secret);
    expect(credentialKinds([json])).toContain(kind);
    expect(JSON.parse(clean(json).text).text).toContain(`[redacted:${kind}]`);
  });

  it("keeps the text before and after a private key", () => {
    expect(clean(`before\n${samples.pem}\nafter`).text).toBe("before\n[redacted:private_key]\nafter");
  });

  it("replaces a private key whose lines carry a log prefix", () => {
    const prefixed = samples.pem.replaceAll("\n", "\n[pod/web-1/app] ");
    expect(clean(prefixed).text).toBe("[redacted:private_key]");
  });

  it("replaces what is left of a private key without an end", () => {
    const half = samples.pem.slice(0, -40);
    expect(clean(half).text).not.toContain(samples.bearer);
    expect(redact(`${samples.pem.slice(50)}\nrest`, ["credentials"], { cut: true }).text).toBe(
      "[redacted:private_key]\nrest",
    );
  });

  it("keeps a certificate, which is public", () => {
    const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    expect(clean(certificate)).toEqual({ text: certificate, counts: {} });
  });
});

describe("values of keys that name a credential", () => {
  it.each([
    ["DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted:password]"],
    ["--password=hunter2 --v=2", "--password=[redacted:password] --v=2"],
    ["mysql --password hunter2 -h db", "mysql --password [redacted:password] -h db"],
    ["user=app password='a b' x", "user=app password='[redacted:password]' x"],
    ['password="never closed', "password=[redacted:password] closed"],
    ['{"a":"--password=\\"x y\\" z"}', '{"a":"--password=[redacted:password]\\" z"}'],
    [
      '{"db.yaml":"db:\\n  password: hunter2\\n  port: 1"}',
      '{"db.yaml":"db:\\n  password: [redacted:password]\\n  port: 1"}',
    ],
    ["  API_KEY: hunter2", "  API_KEY: [redacted:password]"],
    ['  "db.password": "hun\\"ter2",', '  "db.password": "[redacted:password]",'],
    ['{"apiKey":"x","n":1}', '{"apiKey":"[redacted:password]","n":1}'],
    ['[{"name":"DB_PASSWORD","value":"hunter2"}]', '[{"name":"DB_PASSWORD","value":"[redacted:password]"}]'],
    [
      "- name: DB_PASSWORD\n  value: hunter2\n- name: X",
      "- name: DB_PASSWORD\n  value: [redacted:password]\n- name: X",
    ],
    ["      DB_PASSWORD:  hunter2\n", "      DB_PASSWORD:  [redacted:password]\n"],
    ['"{\\"password\\":\\"hunter2\\"}"', '"{\\"password\\":\\"[redacted:password]\\"}"'],
    ["- value: hunter2\n  name: DB_PASSWORD\n", "- value: [redacted:password]\n  name: DB_PASSWORD\n"],
    ['[{"value":"hunter2","name":"DB_PASSWORD"}]', '[{"value":"[redacted:password]","name":"DB_PASSWORD"}]'],
    [
      "data:\n  password: |\n    hunter2\n    hunter3\n  port: x",
      "data:\n  password: |\n    [redacted:password]\n  port: x",
    ],
    [
      '{"a":"db:\\n  password: |\\n    hunter2\\n    hun\\"ter3\\n  port: 1\\n"}',
      '{"a":"db:\\n  password: |\\n    [redacted:password]\\n  port: 1\\n"}',
    ],
    ["SMTP_PASS=hunter2", "SMTP_PASS=[redacted:password]"],
    ["DJANGO_SECRET_KEY: hunter2", "DJANGO_SECRET_KEY: [redacted:password]"],
    ['{"password":"*hunter2"}', '{"password":"[redacted:password]"}'],
    ["password: &hunter2", "password: [redacted:password]"],
    ["password=$hunter2", "password=[redacted:password]"],
    ["GET /?token=abc&x=1 200", "GET /?token=[redacted:password]&x=1 200"],
  ])("replaces the value in %s", (text, expected) => {
    expect(clean(text).text).toBe(expected);
    expect(clean(expected)).toEqual({ text: expected, counts: {} });
  });

  it.each([
    "      DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    "automountServiceAccountToken: false",
    "    secretName: web-tls",
    '  "secretName": "web-tls",',
    "    secret:\n      secretName: web-tls",
    "expirationSeconds: 3607",
    "error: invalid token: signature is expired",
    "kubernetes.io/service-account-token   3   2d",
    "token_reviews_total 5",
    "PWD=/app OLDPWD=/",
    'if [ "$PASSWORD" == "" ]',
    "    password: ${DB_PASSWORD}",
    "password rotation finished",
    "DB_PASSWORD:  24 bytes",
    "existingSecret: web-db",
    "password: ********",
    "password=$DB_PASSWORD",
    "    password: {{ .Values.password }}",
    "NAME                TYPE     DATA\ndb-password         Opaque   2",
    "https://github.com/org/repo@v1.2.3 and http://user@host/x",
    "image: registry:5000/app@sha256:0123456789abcdef0123456789abcdef",
  ])("keeps what an operator has to read: %s", (text) => {
    expect(clean(text)).toEqual({ text, counts: {} });
  });
});

describe("credential kinds of a call", () => {
  it.each([
    '.items[] | select(.metadata.name | test("password")) | {token: .metadata.annotations.somethingLong}',
    "grep password",
    "grep 'authorization: unauthorized-users'",
    "grep -iE 'authorization: bearer|token='",
    'kubectl logs web-1 | grep "Bearer "',
    "the bearer authentication failed for administrators",
    "{token: .status.conditions[0].lastTransitionTime}",
    "kubectl get secret/foo -o jsonpath={.data.password}",
    "https://prometheus.example:9090/api/v1/query?query=up",
    "grep -E 'gh[pousr]_[A-Za-z0-9]{36}'",
    "-----BEGIN CERTIFICATE-----",
    "password=hunter2",
    "AKIA",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "https://user@host/path http://$USER:$PASSWORD@host",
    "2026-01-01T10:00:00Z web-6f7c9d7b6d-abcde eyJ",
  ])("finds none in %s", (text) => {
    expect(credentialKinds([text])).toEqual([]);
  });

  it("are sorted and each named once, over all texts", () => {
    expect(credentialKinds([samples.jwt, samples.githubClassic, samples.githubFine, samples.awsKey])).toEqual([
      "aws_access_key",
      "github_token",
      "jwt",
    ]);
  });
});

it.each([
  ["an age key", "AGE-SECRET-KEY-1WA3TNISSPTPA4T8G5SNR9", "ROAZM8DU4956DDHKB6421DWG2ETG6ZNKMVJ72"],
  ["a JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi", `H4sIA${"a".repeat(420)}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c`],
  ["a release of helm", `H4sIA${"a".repeat(500)}`, `AIza${"b".repeat(35)}${"c".repeat(200)}`],
  ["a private key in base64", `LS0tLS1CRUdJTiBQUklWQVRF${"a".repeat(20)}AKIA`, `${"A1".repeat(8)}${"d".repeat(60)}`],
])("%s goes whole when a shorter credential's shape stands in it", (_what, begin, end) => {
  const { text } = redact(`x ${begin}${end} y`, ["credentials"]);
  expect(text).toMatch(/^x \[redacted:[a-z_]+\] y$/);
});
