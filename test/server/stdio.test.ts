// `ai-sre serve --stdio` as a process: what stands on standard output, how calls and the process end, what the audit says.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive } from "../execution/setup.ts";
import { eventually } from "../helpers/door.ts";

const root = path.resolve(import.meta.dirname, "../..");
const slowTool = path.resolve(import.meta.dirname, "../fixtures/programs/slow-tool.mjs");

const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};
const sortCall = (id: number) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "cli_tool", arguments: { command: "sort", stdin: "b\na\n" } },
});

describe("serve --stdio", () => {
  let folder: string;
  let child: ChildProcess;
  let exited: Promise<number | null>;
  let out = "";
  let err = "";

  const start = (more: Readonly<Record<string, string>> = {}, audit = true): void => {
    out = "";
    err = "";
    child = spawn(process.execPath, [path.join(root, "src/main.ts"), "serve", "--stdio"], {
      cwd: folder,
      env: { LOG_LEVEL: "info", ...(audit ? { AISRE_AUDIT_FILE: path.join(folder, "audit.jsonl") } : {}), ...more },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
    exited = new Promise((resolve) => {
      child.once("close", resolve);
    });
  };
  const say = (...messages: readonly object[]): void => {
    for (const message of messages) child.stdin?.write(`${JSON.stringify(message)}\n`);
  };
  const answers = (): readonly unknown[] =>
    out
      .split("\n")
      .filter(Boolean)
      .map((line): unknown => JSON.parse(line));
  const audit = (): readonly { readonly kind: string; readonly code?: string }[] =>
    readFileSync(path.join(folder, "audit.jsonl"), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const pids = (): readonly number[] =>
    existsSync(path.join(folder, "pids"))
      ? readFileSync(path.join(folder, "pids"), "utf8").split("\n").filter(Boolean).map(Number)
      : [];

  /** A `sort` that takes thirty seconds, with a child of its own. */
  const withSlowSort = (): Readonly<Record<string, string>> => {
    const file = path.join(folder, "sort");
    writeFileSync(file, `#!${process.execPath}\nimport ${JSON.stringify(slowTool)};\n`);
    chmodSync(file, 0o755);
    writeFileSync(path.join(folder, "wait-ms"), "30000");
    return { AISRE_TOOL_PATH: folder, TMPDIR: folder };
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "aisre-stdio-"));
  });
  afterEach(async () => {
    child.kill("SIGKILL");
    await exited;
    for (const pid of pids().filter(isAlive)) process.kill(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("answers what a script wrote before it closed, prints nothing else, and ends with 0", async () => {
    start();
    say(initialize, { jsonrpc: "2.0", method: "notifications/initialized" }, sortCall(1), sortCall(2));
    child.stdin?.end();
    expect(await exited).toBe(0);
    expect(answers()).toHaveLength(3);
    expect(out).toContain('"stdout":"a\\nb\\n"');
    expect(err).toMatch(/"transport":"stdio".*"message":"serving"/);
    expect(audit().map(({ kind }) => kind)).toEqual(expect.arrayContaining(["start", "decision", "intent", "outcome"]));
    expect(audit().at(-1)?.kind).toBe("stop");
    expect(readFileSync(path.join(folder, "audit.jsonl"), "utf8")).toContain('"authenticated_by":"local"');
  });

  it("does not start without a file for the audit", async () => {
    start({}, false);
    expect(await exited).toBe(2);
    expect(err).toContain("AISRE_AUDIT_FILE");
    expect(out).toBe("");
  });

  it("binds no address and needs no key", async () => {
    start({ MCP_SERVER_HOST: "0.0.0.0", MCP_SERVER_PORT: "1" });
    say(initialize);
    await eventually(() => answers().length === 1, "it answers");
    child.stdin?.end();
    expect(await exited).toBe(0);
  });

  it("at SIGTERM after the end of its input kills what still runs, and records it", async () => {
    start(withSlowSort());
    say(initialize, sortCall(1));
    await eventually(() => pids().length === 2, "the tool and its child run");
    child.stdin?.end();
    child.kill("SIGTERM");
    await eventually(() => !pids().some(isAlive), "the tool and its child are gone");
    expect(await exited).toBe(0);
    expect(audit().findLast(({ kind }) => kind === "outcome")).toMatchObject({ code: "cancelled" });
    expect(audit().at(-1)?.kind).toBe("stop");
  });

  it("ends a call whose client is gone", { timeout: 20_000 }, async () => {
    start(withSlowSort());
    say(initialize, sortCall(1));
    await eventually(() => pids().length === 2, "the tool and its child run");
    child.stdout?.destroy();
    child.stdin?.destroy();
    expect(await exited).toBe(0);
    expect(pids().filter(isAlive)).toEqual([]);
    expect(audit().findLast(({ kind }) => kind === "outcome")).toMatchObject({ code: "cancelled" });
  });
});
