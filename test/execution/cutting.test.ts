// Collecting and shortening output: nothing is lost below the cap, and no cut breaks a character.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCollector } from "../../src/execution/output.ts";
import { shorten } from "../../src/execution/shorten.ts";
import { toCleanText } from "../../src/execution/stage-text.ts";
import { samples } from "../redaction/samples.ts";

const profiles = ["credentials", "kubernetes"];

function collect(text: Buffer, cap: number, chunkBytes: number) {
  const collector = createCollector(cap);
  for (let at = 0; at < text.length; at += chunkBytes) collector.add(text.subarray(at, at + chunkBytes));
  return collector.take();
}

describe("a collector", () => {
  it("keeps all bytes up to the cap, and the first and last ones beyond it", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (bytes, cap, chunk) => {
          const all = Buffer.from(bytes);
          const { head, tail, droppedBytes, totalBytes } = collect(all, cap, chunk);
          expect(totalBytes).toBe(all.length);
          expect(head.length + tail.length + droppedBytes).toBe(all.length);
          expect(head.equals(all.subarray(0, head.length))).toBe(true);
          expect(tail.equals(all.subarray(all.length - tail.length))).toBe(true);
          expect(droppedBytes).toBe(Math.max(0, all.length - cap));
        },
      ),
    );
  });
});

describe("shortening", () => {
  const whole = (head: string) => ({ head, tail: "", droppedBytes: 0 });

  it("leaves alone what fits", () => {
    expect(shorten(whole("abc"), 3)).toEqual({ text: "abc", truncated: false });
  });

  it("never goes over the limit, never breaks a character, and counts what it cut", () => {
    const text = fc
      .array(fc.constantFrom("a", "ü", "€", "\u{1f600}", "\n", "word "), { maxLength: 300 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 400 }), (text, max) => {
        const { text: short, truncated } = shorten(whole(text), max);
        expect(Buffer.byteLength(short)).toBeLessThanOrEqual(max);
        expect(short).not.toContain("\ufffd");
        expect(truncated).toBe(Buffer.byteLength(text) > max);
        const marker = /\n\[\.\.\. (\d+) bytes cut \.\.\.\]\n/.exec(short);
        if (marker === null) return;
        expect(Number(marker[1]) + Buffer.byteLength(short) - marker[0].length).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it("marks what was dropped before, also when the rest fits", () => {
    expect(shorten({ head: "a\n", tail: "z\n", droppedBytes: 7 }, 1000)).toEqual({
      text: "a\n\n[... 7 bytes cut ...]\nz\n",
      truncated: true,
    });
  });

  it("cuts between lines where one is near", () => {
    const lines = Array.from({ length: 100 }, (_none, number) => `line ${number}\n`).join("");
    expect(shorten(whole(lines), 300).text).toMatch(/^(line \d+\n)+\[\.\.\. \d+ bytes cut \.\.\.\]\n(line \d+\n)+$/);
  });
});

describe("a gap", () => {
  it.each(["\n", " ", '"', ","])("leaves no part of a credential beside it (words between %j)", (separator) => {
    const text = Buffer.from(`${"a".repeat(40)}${separator}${samples.githubClassic}${separator}`.repeat(20));
    for (let cap = 100; cap < 300; cap++) {
      const { head, tail } = toCleanText(collect(text, cap, 1000), profiles);
      expect(head + tail, String(cap)).not.toMatch(/ghp_|Zk3Qx9|UiOeTq|Lm2Vb7Np/);
    }
  });

  it("that hides the kind of an object leaves none of its data", () => {
    const secrets = Array.from({ length: 40 }, (_none, number) => ({
      apiVersion: "v1",
      data: { password: samples.opaque, certificate: samples.opaque.repeat(5) },
      kind: "Secret",
      metadata: { name: `s${number}` },
    }));
    for (const indent of [0, 4]) {
      const text = Buffer.from(JSON.stringify({ apiVersion: "v1", items: secrets, kind: "List" }, null, indent));
      for (let cap = 200; cap < 1400; cap += 3) {
        const { head, tail } = toCleanText(collect(text, cap, 1000), profiles);
        expect(head + tail, `indent ${indent}, cap ${cap}`).not.toContain(samples.opaque);
      }
    }
  });
});
