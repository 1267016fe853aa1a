// Secrets of every kind, generated: a text as a tool would print it and the secret in it. Used by the property tests.
import * as fc from "fast-check";

export interface Printed {
  /** The line or the lines that a tool prints. */
  readonly text: string;
  /** What must not survive of it. */
  readonly secret: string;
}

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digit = "0123456789";
const alnum = lower + upper + digit;
const hexDigit = "0123456789abcdef";

const word = (alphabet: string, min: number, max = min): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet.split("")), minLength: min, maxLength: max });

/** A secret after a fixed beginning, in a line of a log. */
const shaped = (head: string, alphabet: string, min: number, max = min): fc.Arbitrary<Printed> =>
  word(alphabet, min, max).map((rest) => ({ text: `2026-01-01 sent ${head}${rest} to it`, secret: head + rest }));

/** A password: hard to take for a word, easy to hide among punctuation. */
const password = word(`${alnum}!#%+*`, 12, 24);
const keyed = (print: (value: string) => string, value: fc.Arbitrary<string> = password): fc.Arbitrary<Printed> =>
  value.map((secret) => ({ text: print(secret), secret }));

const base64 = (value: string): string => Buffer.from(value).toString("base64");
const pemOf = (label: string, body: string): string => {
  const lines = body.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}PRIVATE`, ` KEY-----\n${lines.join("\n")}\n-----END ${label}PRIVATE`, " KEY-----"].join(
    "",
  );
};

/** Name → arbitrary. The names say what it is; the ones with an issuer are those that secretlint knows as well. */
export const printed: Readonly<Record<string, fc.Arbitrary<Printed>>> = {
  "github, classic": shaped("ghp_", alnum, 36),
  "github, fine-grained": shaped("github_pat_", alnum, 82),
  gitlab: shaped("glpat-", alnum, 20, 40),
  "slack token": shaped("xoxb-123456789012-", alnum, 24),
  "slack webhook": word(alnum, 24).map((rest) => ({
    text: `url: https://hooks.slack.com/services/T0123ABCD/B0123ABCD/${rest}`,
    secret: rest,
  })),
  "aws secret key": keyed((secret) => `AWS_SECRET_ACCESS_KEY=${secret}`, word(alnum, 40)),
  anthropic: word(alnum, 93).map((rest) => ({
    text: `key sk-ant-api03-${rest}AA used`,
    secret: `sk-ant-api03-${rest}AA`,
  })),
  openai: fc.tuple(word(alnum, 74), word(alnum, 74)).map(([a, b]) => ({
    text: `key sk-proj-${a}T3BlbkFJ${b} used`,
    secret: `sk-proj-${a}T3BlbkFJ${b}`,
  })),
  groq: shaped("gsk_", alnum, 52),
  huggingface: shaped("hf_", lower + upper, 34),
  linear: shaped("lin_api_", alnum, 40),
  notion: fc
    .tuple(word(digit, 11), word(alnum, 35))
    .map(([a, b]) => ({ text: `x ntn_${a}${b} y`, secret: `ntn_${a}${b}` })),
  sendgrid: fc
    .tuple(word(alnum, 22), word(alnum, 43))
    .map(([a, b]) => ({ text: `key SG.${a}.${b} used`, secret: `SG.${a}.${b}` })),
  shopify: shaped("shpat_", hexDigit, 32),
  npm: shaped("npm_", alnum, 36),
  docker: shaped("dckr_pat_", alnum, 27),
  "grafana service account": fc
    .tuple(word(alnum, 32), word(hexDigit, 8))
    .map(([a, b]) => ({ text: `key glsa_${a}_${b} used`, secret: `glsa_${a}_${b}` })),
  "grafana cloud": word(alnum, 40).map((key) => {
    const token = base64(JSON.stringify({ o: "1", n: "name", k: key, m: { r: "eu" } }));
    return { text: `key glc_${token} used`, secret: token };
  }),
  vault: shaped("hvs.", alnum, 95),
  vercel: shaped("vcp_", alnum, 40),
  databricks: shaped("dapi", hexDigit, 32),
  figma: shaped("figd_", alnum, 43),
  "postgres address": keyed((secret) => `DSN postgres://app:${secret}@db.shop.svc:5432/app`, word(alnum, 16)),
  "mysql address": keyed((secret) => `DSN mysql://app:${secret}@db.shop.svc:3306/app`, word(alnum, 16)),
  "mongodb address": keyed((secret) => `DSN mongodb+srv://app:${secret}@db.example.org/app`, word(alnum, 16)),
  "web address": keyed((secret) => `GET https://user:${secret}@host.example.org/x 200`, word(alnum, 16)),
};

/** Kinds: by their name, by their place in an object, or by a shape of our own tools. */
export const printedHere: Readonly<Record<string, fc.Arbitrary<Printed>>> = {
  "aws key id": shaped("AKIA", upper + digit, 16),
  "npm registry": keyed((secret) => `//registry.example/:_authToken=${secret}`, word(alnum, 36)),
  "1password": word(alnum, 80).map((key) => {
    const token = base64(
      JSON.stringify({
        email: "a@example.org",
        muk: key,
        secretKey: key,
        srpX: key,
        signInAddress: "x",
        userAuth: { a: 1 },
      }),
    );
    return { text: `key ops_${token} used`, secret: token };
  }),
  "private key": word(alnum, 640).map((body) => ({ text: pemOf("RSA ", body), secret: body.slice(70, 120) })),
  "bearer header": keyed((secret) => `Authorization: Bearer 1${secret}`, word(alnum, 40)),
  "basic header": keyed(
    (secret) => `> Authorization: Basic ${secret}`,
    password.map((text) => base64(`user:${text}`)),
  ),
  jwt: fc.tuple(word(alnum, 40), word(alnum, 43)).map(([claims, mark]) => ({
    text: `jwt eyJhbGciOiJSUzI1NiJ9.eyJ${claims}.${mark} end`,
    secret: claims,
  })),
  "google api key": shaped("AIza", alnum, 35),
  "telegram bot": word(alnum, 33).map((rest) => ({
    text: `https://api.example/bot123456789:AA${rest}/getMe`,
    secret: rest,
  })),
  stripe: shaped("sk_live_", alnum, 24),
  age: shaped("AGE-SECRET-KEY-1", upper + digit, 58),
  azure: keyed((secret) => `DefaultEndpointsProtocol=https;AccountKey=${secret}==;x=y`, word(alnum, 86)),
  "private key in base64": word(alnum, 640).map((body) => {
    const text = base64(pemOf("", body));
    return { text: `    client-key: ${text}`, secret: text.slice(60, 120) };
  }),
  "helm release": word(alnum, 500).map((body) => ({ text: `release: H4sIA${body}`, secret: body.slice(10, 60) })),
  "kubeconfig token": keyed((secret) => `users:\n- name: x\n  user:\n    token: ${secret}\n`, word(alnum, 32)),
  "env in YAML": keyed(
    (secret) => `        - name: DB_PASSWORD\n          value: ${secret}\n        - name: X\n          value: y\n`,
  ),
  "env in JSON": keyed((secret) =>
    JSON.stringify([
      { name: "API_TOKEN", value: secret },
      { name: "PORT", value: "1" },
    ]),
  ),
  "env, value first": keyed((secret) => JSON.stringify([{ value: secret, name: "CLIENT_SECRET" }])),
  "a flag": keyed((secret) => `args: [--db-password=${secret}, --v=2]`, word(alnum, 16)),
  "a log line": keyed((secret) => `level=info msg="connected" password=${secret} host=db`, word(alnum, 16)),
  "Secret in JSON": keyed(
    (secret) =>
      JSON.stringify(
        { apiVersion: "v1", data: { a: base64(secret), b: base64(`x${secret}`) }, kind: "Secret" },
        null,
        4,
      ),
    password,
  ).map(({ text, secret }) => ({ text, secret: base64(secret) })),
  "Secret in YAML": keyed(
    (secret) => `apiVersion: v1\ndata:\n  pw: ${secret}\nkind: Secret\nmetadata:\n  name: db\n`,
    password.map(base64),
  ),
  "stringData in YAML": keyed(
    (secret) => `apiVersion: v1\nkind: Secret\nstringData:\n  pw: |-\n    ${secret}\n    more\n`,
  ),
  "last-applied annotation": keyed(
    (secret) =>
      `metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      ${JSON.stringify({ apiVersion: "v1", data: { pw: secret }, kind: "Secret", metadata: { name: "db" } })}\n  name: db\n`,
    password.map(base64),
  ),
};
