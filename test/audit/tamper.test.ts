// An audit of 1,000 lines, changed in every way that one hand can: each byte, each line away, lines put in, lines swapped.
//
// Verify is a fold over lines, so a variant that agrees with the file up to a line is judged like the file up to there: it
// is enough to begin at the head before the first changed line, which is what `audit verify --from` does. The first tests
// hold that against whole files; then every variant is tried.
import { beforeAll, describe, expect, it } from "vitest";
import { deriveAuditKey, readPlace } from "../../src/audit/chain.ts";
import { createVerifier } from "../../src/audit/verify.ts";
import { verifyAudit } from "../helpers/verify-audit.ts";
import { decision, openLog, secretKey, temporaryFolder } from "./events.ts";
import { readFileSync } from "node:fs";

/** Values tried for each byte; 255 are all (AISRE_TAMPER_VALUES=255, an hour). */
const values = Number(process.env["AISRE_TAMPER_VALUES"] ?? 1);
const size = 1000;
const keys = [deriveAuditKey(secretKey)];
const genesis = { seq: 0, mac: "0".repeat(64) };
let lines: readonly Buffer[] = [];
let heads: readonly { readonly seq: number; readonly mac: string }[] = [];

beforeAll(async () => {
  using place = temporaryFolder();
  // Calls as they come: some refused, some run, one with text that is no character of any script.
  for (let start = 0; start < 4; start += 1) {
    const { log } = openLog(place.file);
    await log.append({ kind: "start" });
    for (let call = 0; call < 83; call += 1) {
      const callId = `call-${start}-${call}`;
      const argvs = [["kubectl", "get", `pods\u{fffd}\u{2028}é-${call}`]];
      await log.append(decision({ callId, argvs }));
      await log.append({ kind: "intent", callId, stepIndex: 0, argvs });
      await log.append({ kind: "outcome", callId, stepIndex: 0, argvs, code: "ok" });
    }
    await log.close();
  }
  const bytes = readFileSync(place.file);
  const all: Buffer[] = [];
  for (let from = 0; from < bytes.length; from = bytes.indexOf(10, from) + 1) {
    all.push(bytes.subarray(from, bytes.indexOf(10, from)));
  }
  lines = all.slice(0, size);
  heads = lines.map((line) => readPlace(line) ?? genesis);
});

/** The verdict of the whole file with `put` in place of the lines from `at` to `until`, begun at the line before `at`. */
function verdictOf(at: number, put: readonly Buffer[], until: number, behind = 2) {
  const verifier = createVerifier({ keys, start: heads[at - 1] ?? "genesis" });
  const feed = [...put, ...lines.slice(until, until + behind)];
  feed.every((bytes, index) => verifier.take({ file: "", line: at + index + 1, bytes, ended: true }));
  return verifier.verdict();
}

const said = (verdict: ReturnType<typeof verdictOf>): string =>
  verdict.ok ? "nothing" : `${verdict.line} ${verdict.problem}`;

const isMissed = (...variant: Parameters<typeof verdictOf>): boolean => verdictOf(...variant).ok;

function edited(line: Buffer, position: number, value: number): Buffer {
  const copy = Buffer.from(line);
  copy[position] = value;
  return copy;
}

/** Another value for the byte, a different one at each turn. */
const otherValue = (byte: number, position: number, turn: number): number =>
  (byte + 1 + ((position + turn * (256 / Math.max(1, values))) % 255)) % 256;

const at = (index: number): Buffer => lines[index] ?? Buffer.alloc(0);

describe("a verdict that begins at the head before a change", () => {
  it("is the verdict of the whole file", () => {
    const whole = (variant: readonly Buffer[]) => verifyAudit(variant, secretKey);
    for (const index of [0, 1, 17, 250, 498, 997]) {
      const changed = edited(at(index), 40 + (index % 100), 0x7e);
      const one = [
        [[changed], index + 1],
        [[], index + 1],
        [[at(index + 1), at(index)], index + 2],
        [[Buffer.from("a stranger"), at(index)], index + 1],
      ] as const;
      for (const [put, until] of one) {
        const variant = whole([...lines.slice(0, index), ...put, ...lines.slice(until)]);
        const begun = verdictOf(index, put, until, size);
        expect(variant).toMatchObject({ ok: false, records: index });
        expect(said(begun)).toBe(said(variant));
      }
    }
  });

  it("names what was done", () => {
    const problems = (put: readonly Buffer[], until: number) => said(verdictOf(500, put, until, size));
    expect(problems([edited(at(500), 90, 0x20)], 501)).toBe("501 edited");
    expect(problems([at(500).subarray(0, 100)], 501)).toBe("501 edited");
    expect(problems([], 501)).toBe("501 removed");
    expect(problems([], 510)).toBe("501 removed");
    expect(problems([at(501), at(500)], 502)).toBe("501 reordered");
    expect(problems([at(700), ...lines.slice(501, 700), at(500)], 701)).toBe("501 reordered");
    expect(problems([at(500), at(500)], 501)).toBe("502 inserted");
    expect(problems([at(500), Buffer.from(""), Buffer.from("note to self")], 501)).toBe("502 inserted");
    expect(problems([at(500), edited(at(500), 90, 0x20)], 501)).toBe("502 inserted");
  });

  it("accepts the file as it is", () => {
    expect(verifyAudit(lines, secretKey)).toMatchObject({ ok: true, promise: "chained", records: size });
    expect(verdictOf(500, [at(500)], 501).ok).toBe(true);
  });
});

describe("of a file of 1,000 lines", () => {
  it("every changed byte is found", { timeout: 14_400_000 }, () => {
    const missed: string[] = [];
    let tried = 0;
    for (const [index, line] of lines.entries()) {
      for (const [position, byte] of line.entries()) {
        for (let turn = 0; turn < values; turn += 1) {
          tried += 1;
          const value = values === 255 ? (byte + 1 + turn) % 256 : otherValue(byte, position, turn);
          if (isMissed(index, [edited(line, position, value)], index + 1, 1)) missed.push(`${index}:${position}`);
        }
      }
    }
    expect(missed).toEqual([]);
    expect(tried).toBe(values * lines.reduce((sum, line) => sum + line.length, 0));
  });

  it(
    "every value of every byte of one line is found, those that read as the same text too",
    { timeout: 600_000 },
    () => {
      const line = at(1);
      const missed = [...line.entries()].filter(([position, byte]) =>
        Array.from({ length: 255 }, (_none, turn) => (byte + 1 + turn) % 256).some((value) =>
          isMissed(1, [edited(line, position, value)], 2, 1),
        ),
      );
      expect(missed).toEqual([]);
      const same = edited(line, line.indexOf(Buffer.from("\u{fffd}")), 0xf0);
      expect(same.toString("utf8")).toBe(line.toString("utf8"));
    },
  );

  it("every line break that was changed is found", () => {
    const joined = (index: number) => Buffer.concat([at(index), Buffer.from("x"), at(index + 1)]);
    const missed = lines
      .slice(1)
      .flatMap((_line, index) => (isMissed(index, [joined(index)], index + 2) ? [index] : []));
    expect(missed).toEqual([]);
  });

  it("every line that was taken away is found, the last one by a head that was noted elsewhere", () => {
    const missed = lines.slice(1).flatMap((_line, index) => (isMissed(index, [], index + 1) ? [index] : []));
    expect(missed).toEqual([]);
    const cut = lines.slice(0, -1);
    expect(verifyAudit(cut, secretKey).ok).toBe(true);
    const head = heads.at(-1) ?? genesis;
    expect(verifyAudit(cut, secretKey, { head })).toMatchObject({ ok: false, problem: "truncated", line: size - 1 });
    expect(verifyAudit(lines, secretKey, { head })).toMatchObject({ ok: true });
  });

  it("every line that was put in is found, wherever it comes from", () => {
    const strangers = [
      (index: number) => at(index),
      (index: number) => at((index * 7919) % size),
      (index: number) => edited(at(index), 60, 0x39),
      () => Buffer.from('{"seq":1}'),
      () => Buffer.alloc(0),
    ];
    const missed = lines.flatMap((line, index) =>
      strangers.filter((stranger) => isMissed(index, [line, stranger(index)], index + 1)).map(() => index),
    );
    expect(missed).toEqual([]);
  });

  it("every pair of lines that changed places is found", { timeout: 600_000 }, () => {
    let missed = 0;
    for (let left = 0; left < size; left += 1) {
      for (let right = left + 1; right < size; right += 1) if (isMissed(left, [at(right)], left + 1, 0)) missed += 1;
    }
    expect(missed).toBe(0);
  });
});
