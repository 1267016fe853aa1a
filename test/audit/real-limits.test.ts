// Devices and limits that really fail: a full one, a file size limit, a pipe that nobody reads. Each in a process of its own.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../helpers/verify-audit.ts";
import { canMount, mountSmallDisk } from "../helpers/small-disk.ts";
import { linesOf, openLog, secretKey, temporaryFolder } from "./events.ts";

const fixture = path.join(import.meta.dirname, "fixtures/write-records.ts");

/** Runs the fixture; `next` lets it append once more and resolves to how that ended. */
function startWriter(target: string, count: number, stdout: number | "pipe") {
  const child: ChildProcess = spawn(process.execPath, [fixture, target, String(count)], {
    stdio: ["pipe", stdout, "pipe"],
  });
  if (child.stderr === null) throw new Error("no standard error");
  const answers = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  return {
    child,
    next: async () => {
      child.stdin?.write(".");
      return (await answers.next()).value;
    },
    ended: once(child, "exit"),
  };
}

const hasPrlimit = ((): boolean => {
  try {
    execFileSync("prlimit", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("standard output", () => {
  it("carries a chain that verifies", async () => {
    using place = temporaryFolder();
    const stdout = openSync(place.file, "w");
    const { next, ended } = startWriter("stdout", 3, stdout);
    expect([await next(), await next(), await next()]).toEqual(["durable true", "durable true", "durable true"]);
    await ended;
    closeSync(stdout);
    expect(verifyAudit(linesOf(place.file), secretKey)).toMatchObject({ ok: true, records: 3 });
  });

  it("that is a full device makes every record unavailable and no process end", async () => {
    const full = openSync("/dev/full", "w");
    const { next, ended } = startWriter("stdout", 2, full);
    expect([await next(), await next()]).toEqual(["AuditUnavailable false", "AuditUnavailable false"]);
    expect(await ended).toEqual([0, null]);
    closeSync(full);
  });

  it("that nobody reads makes records late, and they count as not written", async () => {
    const { child, next, ended } = startWriter("stdout", 1000, "pipe");
    let answer = await next();
    let tried = 1;
    while (answer === "durable true" && tried < 999) {
      answer = await next();
      tried += 1;
    }
    expect(answer).toBe("AuditUnavailable false");
    child.kill("SIGKILL");
    await ended;
  });
});

describe.skipIf(!hasPrlimit)("a file that may not grow", () => {
  it("tears a record, refuses it, and goes on behind the tear when it may grow again", async () => {
    using place = temporaryFolder();
    const { child, next, ended } = startWriter(place.file, 5, "pipe");
    const limit = (bytes: string) => execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${bytes}:`]);
    expect([await next(), await next()]).toEqual(["durable true", "durable true"]);
    const { size } = statSync(place.file);
    limit(String(size + 100));
    expect(await next()).toBe("AuditUnavailable false");
    expect(statSync(place.file).size).toBe(size + 100);
    expect(await next()).toBe("AuditUnavailable false");
    limit("unlimited");
    expect(await next()).toBe("durable true");
    await ended;
    const lines = readFileSync(place.file, "utf8").split("\n").slice(0, -1);
    expect(verifyAudit(lines, secretKey)).toMatchObject({ ok: true, records: 3, torn: 1, last: { seq: 3 } });
  });
});

describe.skipIf(!canMount)("a file system that turns read-only", () => {
  it("makes records unavailable, and takes them again when it can be written", async () => {
    using disk = mountSmallDisk(64);
    const file = path.join(disk?.folder ?? "", "audit.jsonl");
    const before = openLog(file).log;
    await before.append({ kind: "start" });
    await before.close();
    disk?.remount("ro");
    const { log } = openLog(file);
    await expect(log.append({ kind: "start" })).rejects.toMatchObject({ cause: { code: "EROFS" } });
    expect(log.writable).toBe(false);
    disk?.remount("rw");
    await log.append({ kind: "start" });
    await log.close();
    expect(verifyAudit(linesOf(file), secretKey)).toMatchObject({ ok: true, records: 2, promise: "chained" });
  });
});
