// Rotation by others, while the server runs and while it does not: the chain goes on over files, and what was lost shows.
import { copyFileSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deriveAuditKey } from "../../src/audit/chain.ts";
import { readLines } from "../../src/audit/read-lines.ts";
import { createVerifier } from "../../src/audit/verify.ts";
import { decision, linesOf, openLog, secretKey, temporaryFolder } from "./events.ts";

async function verifyFiles(...files: readonly string[]) {
  const verifier = createVerifier({ keys: [deriveAuditKey(secretKey)] });
  for await (const line of readLines(files)) if (!verifier.take(line)) break;
  return verifier.verdict();
}

describe("a file that was renamed", () => {
  it("is followed by a new one while the server runs, in one chain", async () => {
    using place = temporaryFolder();
    const { log } = openLog(place.file);
    await log.append(decision());
    renameSync(place.file, `${place.file}.1`);
    await log.append(decision());
    renameSync(`${place.file}.1`, `${place.file}.2`);
    renameSync(place.file, `${place.file}.1`);
    // logrotate's `create` makes the new file itself.
    writeFileSync(place.file, "");
    await log.append(decision());
    await log.append(decision());
    await log.close();
    expect(linesOf(place.file).length).toBe(2);
    const files = [`${place.file}.2`, `${place.file}.1`, place.file];
    expect(await verifyFiles(...files)).toMatchObject({ ok: true, promise: "chained", records: 4 });
    expect(await verifyFiles(...files.toSpliced(1, 1))).toMatchObject({
      ok: false,
      problem: "removed",
      file: place.file,
      line: 1,
    });
    expect(await verifyFiles(...files.toReversed())).toMatchObject({ ok: false, problem: "reordered" });
  });

  it("is followed by one that a later start makes, in one chain", async () => {
    using place = temporaryFolder();
    const before = openLog(place.file).log;
    await before.append({ kind: "start" });
    await before.append({ kind: "stop" });
    await before.close();
    // An older file beside it is not what the new one follows.
    writeFileSync(`${place.file}.2`, readFileSync(place.file, "utf8").split("\n").slice(0, 1).join("\n"));
    utimesSync(`${place.file}.2`, 1, 1);
    renameSync(place.file, `${place.file}-20260101`);
    writeFileSync(`${place.file}.gz`, "packed");
    const after = openLog(place.file).log;
    await after.append({ kind: "start" });
    await after.close();
    expect(await verifyFiles(`${place.file}-20260101`, place.file)).toMatchObject({
      ok: true,
      promise: "chained",
      records: 3,
      last: { seq: 3 },
    });
  });

  it("is followed in one chain when a crash had cut its last line short", async () => {
    using place = temporaryFolder();
    const before = openLog(place.file).log;
    await before.append({ kind: "start" });
    await before.append(decision());
    await before.close();
    truncateSync(place.file, readFileSync(place.file).length - 30);
    renameSync(place.file, `${place.file}.1`);
    const after = openLog(place.file).log;
    await after.append({ kind: "start" });
    await after.close();
    const verdict = await verifyFiles(`${place.file}.1`, place.file);
    expect(verdict).toMatchObject({ ok: true, promise: "chained", records: 2, torn: 1 });
  });

  it("that is nowhere any more makes a start begin anew, and verify says that files may be missing", async () => {
    using place = temporaryFolder();
    using elsewhere = temporaryFolder();
    const before = openLog(place.file).log;
    await before.append({ kind: "start" });
    await before.close();
    copyFileSync(place.file, elsewhere.file);
    rmSync(place.file);
    const after = openLog(place.file).log;
    await after.append({ kind: "start" });
    await after.close();
    expect(await verifyFiles(elsewhere.file, place.file)).toMatchObject({ ok: true, promise: "per_segment" });
  });
});

describe("a file that was copied and cut (copytruncate)", () => {
  it("goes on in one chain when nothing was written in between, and shows what was lost when something was", async () => {
    using place = temporaryFolder();
    const { log } = openLog(place.file);
    await log.append(decision());
    copyFileSync(place.file, `${place.file}.1`);
    truncateSync(place.file);
    await log.append(decision());
    expect(await verifyFiles(`${place.file}.1`, place.file)).toMatchObject({ ok: true, promise: "chained" });
    copyFileSync(place.file, `${place.file}.0`);
    await log.append(decision());
    truncateSync(place.file);
    await log.append(decision());
    await log.close();
    expect(await verifyFiles(`${place.file}.1`, `${place.file}.0`, place.file)).toMatchObject({
      ok: false,
      problem: "removed",
      file: place.file,
    });
  });
});
