// A hundred thousand tokens that somebody made up or changed: none is taken for a request or a grant, and none throws.
import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deriveApprovalKey } from "../../src/approval/key.ts";
import { openApprovals } from "../helpers/approvals.ts";
import { ask, grantFor, scale, useOf } from "./setup.ts";

const cases = Number(process.env["AISRE_FORGERIES"] ?? 100_000);
const atOnce = 500;

/** Mulberry32: the same mutations for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const startMs = Date.UTC(2026, 0, 1);
const clock = { ms: startMs, now: () => clock.ms };
const secretKey = randomBytes(32);
const key = deriveApprovalKey(secretKey);
const approvals = openApprovals({ key, clock });
const stranger = deriveApprovalKey(randomBytes(32));
const grant = await grantFor(approvals);
const { request } = await ask(approvals);

type Kind = "grant" | "request";
const good = { grant, request } as const;
const partsOf = (token: string): readonly [string, string, string] => {
  const [head = "", body = "", mac = ""] = token.split(".");
  return [head, body, mac];
};
const signed = (head: string, body: string, secret: Parameters<typeof createHmac>[1], hash = "sha256"): string =>
  `${head}.${body}.${createHmac(hash, secret).update(`${head}.${body}`).digest("base64url")}`;

/** Makes one bad token of a good one; what it did, for a failure's message. */
type Mutation = (kind: Kind, roll: (below: number) => number) => string;

const claims: readonly string[] = [
  "iss",
  "aud",
  "sub",
  "jti",
  "iat",
  "exp",
  "tool",
  "plan",
  "proc",
  "by",
  "roles",
  "ns",
];
const values: readonly unknown[] = [
  "root",
  "",
  null,
  true,
  0,
  -1,
  9e15,
  1.5,
  [],
  ["admin"],
  {},
  "0".repeat(64),
  "../x",
  "💥",
];

const mutations: Readonly<Record<string, Mutation>> = {
  "one bit of the text": (kind, roll) => {
    const bytes = Buffer.from(good[kind], "latin1");
    const at = roll(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << roll(7));
    return bytes.toString("latin1");
  },
  "one character for another": (kind, roll) => {
    const token = good[kind];
    const at = roll(token.length);
    const other = base64url.replace(token.charAt(at), "").charAt(roll(base64url.length - 1));
    return `${token.slice(0, at)}${other}${token.slice(at + 1)}`;
  },
  "the spare bits of the signature": (kind, roll) => {
    const token = good[kind];
    const last = base64url.indexOf(token.slice(-1));
    return `${token.slice(0, -1)}${base64url.charAt((last & ~3) | ((last + 1 + roll(3)) & 3))}`;
  },
  "cut, or with more": (kind, roll) => {
    const token = good[kind];
    return roll(2) === 0 ? token.slice(0, roll(token.length)) : `${token}${".=A \n"[roll(5)] ?? "."}`;
  },
  "a claim changed, the signature kept": (kind, roll) => {
    const [head, body, mac] = partsOf(good[kind]);
    const name = claims[roll(claims.length)] ?? "sub";
    const said = { ...decode(body), [name]: values[roll(values.length)] };
    return `${head}.${encode(said)}.${mac}`;
  },
  "a claim changed, signed by another key": (kind, roll) => {
    const [head, body] = partsOf(good[kind]);
    const name = claims[roll(claims.length)] ?? "sub";
    const said = { ...decode(body), [name]: values[roll(values.length)] };
    return signed(head, encode(said), stranger.secret);
  },
  "another key, its own id": (kind) => {
    const [head, body] = partsOf(good[kind]);
    return signed(encode({ ...decode(head), kid: stranger.id }), body, stranger.secret);
  },
  "the server's secret itself, or its other uses of it": (kind, roll) => {
    const [head, body] = partsOf(good[kind]);
    const guesses = [secretKey, Buffer.alloc(0), Buffer.from("audit"), Buffer.from(head), Buffer.alloc(32)];
    return signed(head, body, createSecretKey(guesses[roll(guesses.length)] ?? secretKey));
  },
  "alg none": (kind, roll) => {
    const [head, body, mac] = partsOf(good[kind]);
    const alg = ["none", "None", "NONE", "nOnE", ""][roll(5)];
    return `${encode({ ...decode(head), alg })}.${body}.${roll(2) === 0 ? "" : mac}`;
  },
  "another algorithm over our own key": (kind, roll) => {
    const [head, body] = partsOf(good[kind]);
    const [alg, hash] =
      [
        ["HS384", "sha384"],
        ["HS512", "sha512"],
        ["RS256", "sha256"],
        ["ES256", "sha256"],
      ][roll(4)] ?? [];
    return signed(encode({ ...decode(head), alg }), body, key.secret, hash);
  },
  "a header of our key with more in it": (kind, roll) => {
    const [head, body] = partsOf(good[kind]);
    const more = [
      { jwk: { kty: "oct", k: "AA" } },
      { jku: "http://x/" },
      { crit: ["b64"], b64: false },
      { zip: "DEF" },
    ][roll(4)];
    return signed(encode({ ...decode(head), ...more }), body, key.secret);
  },
  "the other kind": (kind) => good[kind === "grant" ? "request" : "grant"],
  "the other kind's header, signed by us": (kind) => {
    const [, body] = partsOf(good[kind === "grant" ? "request" : "grant"]);
    return signed(partsOf(good[kind])[0], body, key.secret);
  },
  "our own signature over claims that are not ours": (kind, roll) => {
    const [head, body] = partsOf(good[kind]);
    const said = decode(body);
    const odd: readonly unknown[] = [
      { ...said, extra: 1 },
      { ...said, iss: "somebody" },
      { ...said, plan: "short" },
      { ...said, roles: [] },
      { ...said, exp: "never" },
      { ...said, exp: undefined },
      { ...said, iat: Math.floor(startMs / 1000) + 31 },
      { ...said, exp: Math.floor(startMs / 1000) },
      { ...said, aud: "b/test" },
      { ...said, proc: "process-2" },
      { ...said, nbf: Math.floor(startMs / 1000) + 5 },
      [],
      null,
      "text",
    ];
    return signed(head, encode(odd[roll(odd.length)]), key.secret);
  },
  "no token at all": (_kind, roll) => {
    const odd = [
      "",
      ".",
      "..",
      "...",
      "a.b.c",
      "{}",
      "null",
      "\u0000",
      "💥.💥.💥",
      "=".repeat(roll(200)),
      "A".repeat(70_000),
    ];
    return odd[roll(odd.length)] ?? "";
  },
};

describe("forged tokens", () => {
  it.each(["grant", "request"] as const)("of the kind %s are refused, every one", async (kind) => {
    const roll = chance(kind === "grant" ? 7 : 8);
    const makers = Object.entries(mutations);
    const open = (token: string) => (kind === "grant" ? approvals.check(token, useOf()) : approvals.read(token));
    expect(await open(good[kind])).toMatchObject({ ok: true });
    const accepted: string[] = [];
    for (let done = 0; done < cases / 2; done += atOnce) {
      const batch = Array.from({ length: atOnce }, (_, at) => {
        const [name, make] = makers[(done + at) % makers.length] ?? ["", () => ""];
        return { name, token: make(kind, roll) };
      });
      const answers = await Promise.all(batch.map(({ token }) => open(token)));
      for (const [at, answer] of answers.entries()) {
        if (answer.ok) accepted.push(`${batch[at]?.name}: ${batch[at]?.token}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it("are refused one second late, however often they were good before", async () => {
    for (let at = 0; at < 50; at += 1) {
      clock.ms = startMs + 899_000 + at * 20;
      expect(await approvals.check(grant, useOf(scale()))).toMatchObject({ ok: true });
    }
    for (let at = 0; at < 50; at += 1) {
      clock.ms = startMs + 900_000 + at * 20;
      expect(await approvals.check(grant, useOf(scale()))).toMatchObject({ ok: false, problem: "expired" });
    }
    clock.ms = startMs;
  });
});
