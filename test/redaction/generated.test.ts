// Properties over generated secrets of every kind: none survives, wherever its chunks or a cut fall, and equal values show.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCollector } from "../../src/execution/output.ts";
import { shorten } from "../../src/execution/shorten.ts";
import { toCleanText } from "../../src/execution/stage-text.ts";
import { createFingerprint } from "../../src/redaction/fingerprint.ts";
import { redact } from "../../src/redaction/redact.ts";
import { printed, printedHere, type Printed } from "./generated.ts";

const profiles = ["credentials", "kubernetes"];
const fingerprint = createFingerprint(Buffer.alloc(32, 7));
const kinds = Object.entries({ ...printed, ...printedHere });
const filler = (lines: number): string =>
  Array.from({ length: lines }, (_none, index) => `filler line ${index} of an ordinary text`).join("\n");

/** Bytes in pieces of the given sizes, again and again. */
function chunksOf(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

/** What a caller gets of a text that a process prints in such chunks, bounded twice. */
function answered(text: string, sizes: readonly number[], collectedBytes: number, answerBytes: number): string {
  const collector = createCollector(collectedBytes);
  for (const chunk of chunksOf(Buffer.from(text), sizes)) collector.add(chunk);
  return shorten(toCleanText(collector.take(), profiles, fingerprint), answerBytes).text;
}

/** Neither the secret nor a half of it. */
function expectGone(text: string, { secret }: Printed): void {
  const half = Math.ceil(secret.length / 2);
  expect(text).not.toContain(secret.slice(0, half));
  expect(text).not.toContain(secret.slice(-half));
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe("a secret", () => {
  it.each(kinds)("%s: is gone, and a second redaction changes nothing", (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (made) => {
        const once = redact(`${filler(2)}\n${made.text}\n${filler(2)}`, profiles, { fingerprint });
        expectGone(once.text, made);
        expect(redact(once.text, profiles, { fingerprint })).toEqual({ text: once.text, counts: {} });
      }),
      { numRuns: 30 },
    );
  });

  it.each(kinds)("%s: is gone however its chunks fall", (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, sizes, (made, split) => {
        expectGone(answered(`${filler(2)}\n${made.text}\n`, split, 1_000_000, 1_000_000), made);
      }),
      { numRuns: 20 },
    );
  });

  it.each(kinds)("%s: is gone wherever the output is cut", (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (made, share, isTail) => {
        // The end of the head, or the beginning of the tail, falls into what is printed.
        const at = Math.floor(share * made.text.length);
        const before = isTail ? filler(200) : filler(3);
        const after = isTail ? filler(3) : filler(200);
        const text = `${before}\n${made.text}\n${after}`;
        const kept = isTail ? made.text.length - at + after.length + 1 : before.length + 1 + at;
        expectGone(answered(text, [4096], 2 * kept, 1_000_000), made);
        expectGone(answered(text, [4096], 1_000_000, 2 * kept), made);
      }),
      { numRuns: 30 },
    );
  });
});

describe("fingerprints", () => {
  const clean = (text: string, key = fingerprint) => redact(text, profiles, { fingerprint: key }).text;
  const marks = (text: string) => [...text.matchAll(/\[redacted:\w+:([0-9a-f]{8})\]/g)].map(([, mark]) => mark);

  it("are the same for the same value, in data, stringData and env, in JSON and YAML", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9!"\\#%+*äß]{4,24}$/), (value) => {
        const data = Buffer.from(value).toString("base64");
        const secret = { apiVersion: "v1", data: { a: data }, kind: "Secret", stringData: { b: value } };
        const env = [{ name: "A_PASSWORD", value }];
        const found = marks(
          clean(`${JSON.stringify(secret)}\n${JSON.stringify(env, null, 2)}\nkind: Secret\ndata:\n  c: ${data}\n`),
        );
        expect(found).toHaveLength(4);
        expect(new Set(found).size).toBe(1);
      }),
    );
  });

  it("differ for other values, and under another key", () => {
    const secret = (value: string) => `{"kind":"Secret","stringData":{"a":"${value}"}}`;
    const other = createFingerprint(Buffer.alloc(32, 8));
    const all = [clean(secret("hunter2")), clean(secret("hunter3")), clean(secret("hunter2"), other)];
    expect(new Set(all.flatMap(marks)).size).toBe(3);
  });

  it("are not given for what is known by its shape alone: anyone may have put it there", () => {
    expect(clean("error: no such pod password=hunter2 eyJhbGciOiJI.eyJzdWIiOiJz.abc")).not.toMatch(/:[0-9a-f]{8}\]/);
  });
});
