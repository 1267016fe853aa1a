// The chain's promise: what was done to the file afterwards shows, and at which line.
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../helpers/verify-audit.ts";
import { decision, linesOf, openLog, secretKey, temporaryFolder } from "./events.ts";

async function writtenLines(count = 5): Promise<string[]> {
  using place = temporaryFolder();
  const { log } = openLog(place.file);
  for (let index = 0; index < count; index += 1) await log.append(decision({ callId: `call-${index}` }));
  await log.close();
  return linesOf(place.file);
}

describe("verifyAudit", () => {
  it("accepts what the log wrote and says how far the promise goes", async () => {
    const verdict = verifyAudit(await writtenLines(), secretKey);
    expect(verdict).toMatchObject({ ok: true, promise: "chained", records: 5, torn: 0, last: { seq: 5 } });
  });

  it("accepts an empty file", () => {
    expect(verifyAudit([], secretKey)).toEqual({
      ok: true,
      promise: "chained",
      records: 0,
      segments: [],
      torn: 0,
      unknown: [],
    });
  });

  it.each([
    ["a changed value", (line: string) => line.replace('"allow"', '"deny"')],
    ["a changed blank", (line: string) => line.replace('"effect":', '"effect": ')],
    ["a second field of the same name", (line: string) => line.replace('"effect":', '"effect":"deny","effect":')],
  ])("finds %s in a line", async (_what, edit) => {
    const lines = await writtenLines();
    const edited = lines.with(2, edit(lines[2] ?? ""));
    expect(edited).not.toEqual(lines);
    expect(verifyAudit(edited, secretKey)).toEqual({
      ok: false,
      file: "audit.jsonl",
      line: 3,
      problem: "edited",
      records: 2,
    });
  });

  it("finds a deleted line at the line behind it", async () => {
    const lines = await writtenLines();
    expect(verifyAudit(lines.toSpliced(2, 1), secretKey)).toEqual({
      ok: false,
      file: "audit.jsonl",
      line: 3,
      problem: "removed",
      records: 2,
    });
  });

  it("finds that the file's beginning was cut off", async () => {
    const lines = await writtenLines();
    expect(verifyAudit(lines.slice(1), secretKey)).toMatchObject({ ok: false, line: 1, problem: "removed" });
  });

  it("finds two lines that changed places", async () => {
    const [a = "", b = "", c = "", ...rest] = await writtenLines();
    expect(verifyAudit([a, c, b, ...rest], secretKey)).toMatchObject({ ok: false, line: 2, problem: "reordered" });
  });

  it("finds a repeated line", async () => {
    const [a = "", b = "", ...rest] = await writtenLines();
    expect(verifyAudit([a, b, b, ...rest], secretKey)).toMatchObject({ ok: false, line: 3, problem: "inserted" });
  });

  it("finds a line that was cut short, and garbage between lines", async () => {
    const lines = await writtenLines();
    const cut = lines.with(4, (lines[4] ?? "").slice(0, 50));
    expect(verifyAudit(cut, secretKey)).toMatchObject({ ok: false, line: 5, problem: "edited", records: 4 });
    expect(verifyAudit(lines.toSpliced(2, 0, "garbage"), secretKey)).toMatchObject({
      ok: false,
      line: 3,
      problem: "inserted",
    });
  });

  it("tells another key from an edited line", async () => {
    expect(verifyAudit(await writtenLines(), Buffer.alloc(32, 8))).toMatchObject({
      ok: false,
      line: 1,
      problem: "other_key",
    });
  });

  it("follows several segments of standard output, each by itself, and says that one may be missing", async () => {
    const first = await writtenLines(2);
    const second = await writtenLines(3);
    const [a = "", b = ""] = first;
    const [x = "", y = "", z = ""] = second;
    expect(verifyAudit([a, x, b, y, z], secretKey)).toMatchObject({ ok: true, promise: "per_segment", records: 5 });
    expect(verifyAudit([a, x, b, z], secretKey)).toMatchObject({ ok: false, line: 4, problem: "removed" });
    expect(verifyAudit([...first, ...first], secretKey)).toMatchObject({ ok: false, line: 3 });
  });
});

describe("the file over restarts", () => {
  it("goes on with one chain in a segment of its own", async () => {
    using place = temporaryFolder();
    for (let start = 0; start < 3; start += 1) {
      const { log } = openLog(place.file);
      await log.append({ kind: "start" });
      await log.append({ kind: "stop" });
      await log.close();
    }
    const verdict = verifyAudit(linesOf(place.file), secretKey);
    expect(verdict).toMatchObject({ ok: true, promise: "chained", records: 6, last: { seq: 6 } });
    expect(verdict.ok && verdict.segments.length).toBe(3);
  });

  it("begins a new line after one that a crash cut short, and vouches for it", async () => {
    using place = temporaryFolder();
    const before = openLog(place.file).log;
    await before.append(decision());
    await before.append(decision());
    await before.close();
    const whole = readFileSync(place.file);
    truncateSync(place.file, whole.length - 40);
    const after = openLog(place.file).log;
    await after.append({ kind: "start" });
    await after.append({ kind: "stop" });
    await after.close();
    const lines = linesOf(place.file);
    expect(lines.length).toBe(4);
    expect(verifyAudit(lines, secretKey)).toMatchObject({ ok: true, records: 3, torn: 1 });
    expect(verifyAudit(lines.toSpliced(1, 1), secretKey)).toMatchObject({ ok: false, problem: "removed" });
    expect(verifyAudit(lines.with(1, "other garbage"), secretKey)).toMatchObject({ line: 2, problem: "edited" });
  });

  it("takes a record that only lacks its line break for whole", async () => {
    using place = temporaryFolder();
    const before = openLog(place.file).log;
    await before.append(decision());
    await before.close();
    truncateSync(place.file, readFileSync(place.file).length - 1);
    const after = openLog(place.file).log;
    await after.append({ kind: "start" });
    await after.close();
    expect(verifyAudit(linesOf(place.file), secretKey)).toMatchObject({ ok: true, records: 2, torn: 0 });
  });

  it("recovers when the very first record was cut short", async () => {
    using place = temporaryFolder();
    writeFileSync(place.file, '{"seq":1,"time":"20');
    const { log } = openLog(place.file);
    await log.append({ kind: "start" });
    await log.close();
    expect(verifyAudit(linesOf(place.file), secretKey)).toMatchObject({ ok: true, records: 1, torn: 1 });
  });

  it("does not hide that the file was cut under the running log", async () => {
    using place = temporaryFolder();
    const { log } = openLog(place.file);
    for (let index = 0; index < 4; index += 1) await log.append(decision());
    const [first = ""] = linesOf(place.file);
    writeFileSync(place.file, `${first}\n`);
    await log.append(decision());
    await log.close();
    expect(verifyAudit(linesOf(place.file), secretKey)).toMatchObject({
      ok: false,
      line: 2,
      problem: "removed",
    });
  });

  it("notices a stranger's line at the end and goes on behind it", async () => {
    using place = temporaryFolder();
    const { log } = openLog(place.file);
    await log.append(decision());
    appendFileSync(place.file, "a stranger was here");
    await log.append(decision());
    await log.close();
    expect(linesOf(place.file).length).toBe(3);
    expect(verifyAudit(linesOf(place.file), secretKey)).toMatchObject({ ok: true, records: 2, torn: 1 });
  });
});
