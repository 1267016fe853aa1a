// Readiness after the audit failed: it comes back by itself, without a call, and without a try at every probe.
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { verifyAudit } from "../helpers/verify-audit.ts";
import { createAuditRecovery } from "../../src/compose/audit-recovery.ts";
import { linesOf, openLog, secretKey, temporaryFolder } from "../audit/events.ts";

it("the audit is writable again by itself once the disk is, with at most one try in five seconds", async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, "disk");
  const file = path.join(folder, "audit.jsonl");
  const hand = { ms: 0 };
  const { log, counts } = openLog(file);
  const writable = createAuditRecovery(log, { monotonic: () => hand.ms });

  await expect(log.append({ kind: "start" })).rejects.toThrow("could not be made durable");
  expect(writable()).toBe(false);
  expect(writable()).toBe(false);
  await vi.waitFor(() => expect(counts.failures).toBe(2));

  mkdirSync(folder);
  hand.ms = 4999;
  expect(writable()).toBe(false);
  hand.ms = 5000;
  expect(writable()).toBe(false);
  await vi.waitFor(() => expect(writable()).toBe(true));

  expect(counts).toEqual({ records: 1, failures: 2 });
  await log.close();
  expect(verifyAudit(linesOf(file), secretKey)).toMatchObject({ ok: true, records: 1 });
  rmSync(folder, { recursive: true });
});

it("nothing is written while the audit is well", async () => {
  using place = temporaryFolder();
  const { log, counts } = openLog(place.file);
  await log.append({ kind: "start" });
  const writable = createAuditRecovery(log, { monotonic: () => 0 });
  expect([writable(), writable()]).toEqual([true, true]);
  await log.close();
  expect(counts).toEqual({ records: 1, failures: 0 });
});
