// kill -9 at every rung: whatever was started has its intent on the disk, the chain goes on when the server starts again, and
// what has no outcome is reported as unknown. Real server, real processes; only the moment of its death is chosen.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveAuditKey } from "../../src/audit/chain.ts";
import { readLines } from "../../src/audit/read-lines.ts";
import { parseRecord } from "../../src/audit/read-records.ts";
import { createVerifier } from "../../src/audit/verify.ts";
import { hashSecret } from "../../src/config/load.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const secret = "a secret key that outlives its server";
const preload = path.resolve(import.meta.dirname, "../audit/fixtures/kill-at.mjs");
const moments = [
  "decision before",
  "decision half",
  "decision after",
  "intent before",
  "intent half",
  "intent after",
  "intent synced",
  "spawn before",
  "spawn after",
  "exit now",
  "outcome before",
  "outcome half",
  "outcome after",
] as const;
/** The process had begun, and nothing says how it ended. */
const unknownAt: readonly string[] = ["spawn after", "exit now", "outcome before", "outcome half"];
const isBeforeIntent = (moment: string): boolean => moment === "decision before" || moment === "intent before";

/** Decision and intent may share a write: at the other moments the intent may be there, and nothing came of it. */
const mayBeOpen = (moment: string): readonly boolean[] =>
  unknownAt.includes(moment) ? [true] : isBeforeIntent(moment) || moment === "outcome after" ? [false] : [true, false];

let folder: string;
let tools: string;
let audit: string;

/** Notes what it reads, then sorts it. */
const noting = `#!/bin/sh
[ "$1" = --version ] && exec /usr/bin/sort --version
/usr/bin/tee -a "$(dirname "$0")/started" | /usr/bin/sort "$@"
`;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "aisre-killed-"));
  tools = path.join(folder, "sort");
  audit = path.join(folder, "audit.jsonl");
  writeFileSync(path.join(folder, "key"), secret);
  writeFileSync(tools, noting, { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (moment?: string): Promise<ServerProcess> =>
  startServer({
    AISRE_AUDIT_FILE: audit,
    AISRE_SECRET_KEY_FILE: path.join(folder, "key"),
    AISRE_TOOL_PATH: folder,
    AISRE_SANDBOX: "off",
    ...(moment === undefined ? {} : { NODE_OPTIONS: `--import=${preload}`, TEST_KILL_AT: moment }),
  });

/** `sort`, with the words as its standard input; undefined when the server is gone before it answers. */
async function sort(server: ServerProcess, stdin: string): Promise<string | undefined> {
  const params = { name: "cli_tool", arguments: { command: "sort", stdin } };
  const headers = {
    Authorization: `Bearer ${server.key}`,
    "Content-Type": "application/json",
    Accept: "application/json, text/event-stream",
    "MCP-Protocol-Version": "2025-11-25",
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  return fetch(server.url, { method: "POST", headers, body }).then(
    (response) => response.text().catch(() => undefined),
    () => undefined,
  );
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What verify says, and the standard inputs (by digest) of what was intended and of what ended. */
async function readAudit() {
  const verifier = createVerifier({ keys: [deriveAuditKey(hashSecret(secret))] });
  const inputs = new Map<string, string>();
  const ended = new Set<string>();
  for await (const line of readLines([audit])) {
    verifier.take(line);
    const { kind, call_id: callId = "", details } = parseRecord(line.bytes) ?? {};
    if (kind === "intent") inputs.set(callId, String(details?.["stdin_sha256"]));
    if (kind === "outcome") ended.add(callId);
  }
  return { verdict: verifier.verdict(), inputs, ended };
}

const startedInputs = (): readonly string[] =>
  existsSync(path.join(folder, "started"))
    ? readFileSync(path.join(folder, "started"), "utf8").split("\n").filter(Boolean)
    : [];

describe("a server that is killed in the middle of a call", () => {
  it.each(moments)("at %s leaves an audit that holds when it starts again", { timeout: 120_000 }, async (moment) => {
    const stdin = `killed at ${moment}`;
    const server = await start(moment);
    expect(await sort(server, `${stdin}\n`)).toBeUndefined();
    expect((await server.exited).signal).toBe("SIGKILL");
    await server.close();
    const again = await start();
    const { verdict, inputs, ended } = await readAudit();
    await again.close();

    expect(verdict).toMatchObject({ ok: true, promise: "chained" });
    const open = [...inputs.keys()].filter((callId) => !ended.has(callId));
    expect(verdict.ok && verdict.unknown.map(({ call_id: callId }) => callId)).toEqual(open);
    const intended = new Set(inputs.values());
    const unintended = startedInputs().filter((line) => !intended.has(sha256(`${line}\n`)));
    expect(unintended).toEqual([]);
    const isOpen = open.some((callId) => inputs.get(callId) === sha256(`${stdin}\n`));
    expect(mayBeOpen(moment)).toContain(isOpen);
    expect(isBeforeIntent(moment) && startedInputs().includes(stdin)).toBe(false);
  });
});
