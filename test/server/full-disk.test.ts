// A disk that is full stops execution and not service: nothing starts, refusals and health are answered, the probe turns red,
// a metric counts, and it is over by itself when there is room again. A real file system, really full.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { hashSecret } from "../../src/config/load.ts";
import { readAnswer } from "../helpers/answer.ts";
import { clientKind } from "../helpers/clients.ts";
import { startServer } from "../helpers/server.ts";
import { canMount, mountSmallDisk } from "../helpers/small-disk.ts";
import { verifyAudit } from "../helpers/verify-audit.ts";

const secret = "a secret key for a disk that is small";

const patience = { timeout: 60_000, interval: 50 };

/** Writes until there is no room. */
function fill(file: string): void {
  for (const size of [4096, 1]) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }
}

it.skipIf(!canMount)("a full disk stops execution, not service, and recovers", { timeout: 120_000 }, async () => {
  using disk = mountSmallDisk(256);
  const folder = disk?.folder ?? "";
  const filler = path.join(folder, "filler");
  writeFileSync(path.join(folder, "key"), secret);
  const settings = {
    AISRE_AUDIT_FILE: path.join(folder, "audit.jsonl"),
    AISRE_SECRET_KEY_FILE: path.join(folder, "key"),
  };
  const server = await startServer({ ...settings, AISRE_SANDBOX: "off" });
  const client = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(server);
  const ask = async (command: string, stdin?: string) =>
    readAnswer(
      (await client.call("cli_tool", { command, ...(stdin === undefined ? {} : { stdin }) })).structuredContent,
    );
  const isReady = async (): Promise<boolean> => (await fetch(`${server.base}/readyz`)).status === 200;
  try {
    expect(await ask("sort", "b\n")).toMatchObject({ code: "ok" });
    fill(filler);
    // What is left of the file's last page takes a few records more.
    await vi.waitFor(async () => expect((await ask("sort", "b\n")).code).toBe("audit_unavailable"), patience);
    expect(await ask("kubectl get secrets")).toMatchObject({
      code: "denied",
      reasons: [{ rule: "kubectl/no-secrets" }],
    });
    expect(await ask("kubectl get pods; id")).toMatchObject({ code: "not_understood" });
    expect(await isReady()).toBe(false);
    expect((await fetch(`${server.base}/livez`)).status).toBe(200);
    const metrics = await (await fetch(`${server.base}/metrics`)).text();
    expect(Number(/^aisre_audit_failures_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);

    rmSync(filler);
    await vi.waitFor(async () => expect(await isReady()).toBe(true), patience);
    expect(await ask("sort", "b\n")).toMatchObject({ code: "ok" });
  } finally {
    await client.close();
    server.kill("SIGTERM");
    await server.exited;
  }
  const lines = server.auditText().split("\n").slice(0, -1);
  const verdict = verifyAudit(lines, hashSecret(secret));
  expect(verdict).toMatchObject({ ok: true, promise: "chained" });
  expect(lines.some((line) => line.includes('"unrecorded":{'))).toBe(true);
  await server.close();
});
