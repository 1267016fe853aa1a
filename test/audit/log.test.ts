// The log on a real disk: durable or refused, in order, and alive again as soon as the disk is.
import { mkdirSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../helpers/verify-audit.ts";
import { AuditUnavailable } from "../../src/errors.ts";
import { createFileSink } from "../../src/audit/file-sink.ts";
import { deriveAuditKey } from "../../src/audit/chain.ts";
import { createWriter } from "../../src/audit/writer.ts";
import { decision, linesOf, openLog, parsed, secretKey, temporaryFolder } from "./events.ts";

describe("append", () => {
  it("has the record in a file of mode 0600 when it resolves", async () => {
    using place = temporaryFolder();
    const { log, counts } = openLog(place.file);
    expect(log.writable).toBe(false);
    await log.append({ kind: "start", details: { version: "1" } });
    expect(parsed(linesOf(place.file)[0])).toMatchObject({
      seq: 1,
      time: "2026-01-01T00:00:01.000Z",
      instance: "pod-a",
      kind: "start",
      details: { version: "1" },
      prev: "0".repeat(64),
    });
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
    expect(log.writable).toBe(true);
    expect(counts).toEqual({ records: 1, failures: 0 });
    await log.close();
  });

  it("keeps 100 concurrent records in the order of their appends", async () => {
    using place = temporaryFolder();
    const { log } = openLog(place.file);
    await Promise.all(Array.from({ length: 100 }, (_none, index) => log.append(decision({ callId: `call-${index}` }))));
    await log.close();
    const lines = linesOf(place.file);
    expect(lines.map((line) => parsed(line)["call_id"])).toEqual(
      Array.from({ length: 100 }, (_none, index) => `call-${index}`),
    );
    expect(verifyAudit(lines, secretKey)).toMatchObject({ ok: true, records: 100 });
  });

  it("lets concurrent records share writes and fsyncs", async () => {
    using place = temporaryFolder();
    const file = createFileSink(place.file, { syncLater: true });
    let writes = 0;
    const sink = { ...file, write: (lines: string, sync: boolean) => ((writes += 1), file.write(lines, sync)) };
    const writer = createWriter({ sink, key: deriveAuditKey(secretKey), instance: "i", segment: "s", maxWaiting: 200 });
    const drafts = Array.from({ length: 100 }, (_none, index) => ({ timeMs: 0, fields: { index }, sync: true }));
    await Promise.all(drafts.map((draft) => writer.write(draft)));
    await writer.close();
    expect(writes).toBe(1);
    expect(linesOf(place.file).length).toBe(100);
  });

  it("refuses more waiting records than its bound, and loses none of the others", async () => {
    using place = temporaryFolder();
    const { log, counts } = openLog(place.file);
    const ends = await Promise.allSettled(Array.from({ length: 2124 }, () => log.append(decision())));
    await log.close();
    const written = ends.filter(({ status }) => status === "fulfilled").length;
    expect(written).toBe(2048);
    expect(counts).toEqual({ records: 2048, failures: 76 });
    expect(verifyAudit(linesOf(place.file), secretKey)).toMatchObject({ ok: true, records: 2048 });
  });

  it("refuses to append after it was closed", async () => {
    using place = temporaryFolder();
    const { log } = openLog(place.file);
    await log.append(decision());
    await log.close();
    await expect(log.append(decision())).rejects.toBeInstanceOf(AuditUnavailable);
  });
});

describe("a disk that fails", () => {
  it("says AuditUnavailable while the folder is missing, and writes as soon as it is there", async () => {
    using place = temporaryFolder();
    const file = path.join(place.folder, "missing", "audit.jsonl");
    const { log, counts } = openLog(file);
    await expect(log.append(decision())).rejects.toBeInstanceOf(AuditUnavailable);
    expect(log.writable).toBe(false);
    mkdirSync(path.dirname(file));
    await log.append(decision());
    await log.close();
    expect(log.writable).toBe(true);
    expect(counts).toEqual({ records: 1, failures: 1 });
    expect(verifyAudit(linesOf(file), secretKey)).toMatchObject({ ok: true, records: 1 });
  });

  it("tells with the first record that it can write how many it could not", async () => {
    using place = temporaryFolder();
    const file = path.join(place.folder, "missing", "audit.jsonl");
    const { log } = openLog(file);
    await expect(log.append(decision())).rejects.toBeInstanceOf(AuditUnavailable);
    await Promise.allSettled([log.append(decision()), log.append({ kind: "auth_failure" })]);
    mkdirSync(path.dirname(file));
    await log.append({ kind: "reload" });
    await log.append(decision());
    await log.close();
    const [first, second] = linesOf(file).map((line) => parsed(line));
    expect(first).toMatchObject({ kind: "reload", unrecorded: { decision: 2, auth_failure: 1 } });
    expect(second).not.toHaveProperty("unrecorded");
  });

  it("names no path to the caller", async () => {
    using place = temporaryFolder();
    const { log } = openLog(path.join(place.folder, "missing", "audit.jsonl"));
    await expect(log.append(decision())).rejects.toThrow(/^The audit record could not be made durable\.$/);
  });

  it("does not append to a folder, a device, or a file that is no audit file", async () => {
    using place = temporaryFolder();
    writeFileSync(place.file, "dear diary\n");
    const device = path.join(place.folder, "device");
    symlinkSync("/dev/full", device);
    for (const target of [place.folder, device, place.file]) {
      const { log } = openLog(target);
      await expect(log.append(decision()), target).rejects.toBeInstanceOf(AuditUnavailable);
      await log.close();
    }
    expect(linesOf(place.file)).toEqual(["dear diary"]);
  });

  it("makes a new file when the old one was deleted, and the gap shows", async () => {
    using place = temporaryFolder();
    const { log } = openLog(place.file);
    await log.append(decision());
    unlinkSync(place.file);
    await log.append(decision());
    await log.close();
    expect(verifyAudit(linesOf(place.file), secretKey)).toMatchObject({
      ok: false,
      line: 1,
      problem: "removed",
    });
  });

  it("does not chain to a file of before after its folder came back empty", async () => {
    using place = temporaryFolder();
    const folder = path.join(place.folder, "inner");
    mkdirSync(folder);
    const file = path.join(folder, "audit.jsonl");
    const { log } = openLog(file);
    await log.append(decision());
    rmSync(folder, { recursive: true });
    await expect(log.append(decision())).rejects.toBeInstanceOf(AuditUnavailable);
    mkdirSync(folder);
    await log.append(decision());
    await log.close();
    expect(parsed(linesOf(file)[0])["seq"]).toBe(2);
  });
});
