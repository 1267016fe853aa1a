// How calls and the server end: clients that vanish, cancels, children that die, SIGTERM. Processes, sockets and audit are
// real; only `sort` and `kubectl` are stand-ins, so that they can be slow.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive } from "../execution/setup.ts";
import { type AnyClient, clientKind, clientKinds } from "../helpers/clients.ts";
import { eventually } from "../helpers/door.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const slowTool = path.resolve(import.meta.dirname, "../fixtures/programs/slow-tool.mjs");
const kubeconfig = `apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: test } }]
clusters: [{ name: test, cluster: { server: "http://127.0.0.1:1" } }]
users: [{ name: test, user: {} }]
`;

const read = { tool: "cli_tool", arguments: { command: "sort", stdin: "b\na\n" } };
const change = { tool: "kubectl_rollout_restart", arguments: { resource: "deployment", name: "web" } };
const overWebSocket = "SDK 1.32.2 over WebSocket, 2025-11-25";

describe("a server with slow tools", () => {
  let tools: string;
  let server: ServerProcess;
  let client: AnyClient | undefined;
  const setWait = (ms: number) => writeFileSync(path.join(tools, "wait-ms"), `${ms}`);
  const pids = (): readonly number[] => {
    try {
      return readFileSync(path.join(tools, "pids"), "utf8").split("\n").filter(Boolean).map(Number);
    } catch {
      return [];
    }
  };
  const started = () => eventually(() => pids().length === 2, "the tool and its child run");
  const gone = () => eventually(() => !pids().some(isAlive), "the tool and its child are gone");
  const kinds = (): readonly string[] => server.audit().map(({ kind }) => kind);
  const lastCode = () => server.audit().findLast(({ kind }) => kind === "outcome")?.code;

  beforeEach(async () => {
    tools = mkdtempSync(path.join(tmpdir(), "aisre-tools-"));
    for (const name of ["sort", "kubectl"]) {
      writeFileSync(path.join(tools, name), `#!${process.execPath}\nimport ${JSON.stringify(slowTool)};\n`);
      chmodSync(path.join(tools, name), 0o755);
    }
    writeFileSync(path.join(tools, "kubeconfig"), kubeconfig);
    setWait(30_000);
    server = await startServer({ AISRE_TOOL_PATH: tools, KUBECONFIG: path.join(tools, "kubeconfig"), TMPDIR: tools });
  });
  afterEach(async () => {
    await client?.close().catch(() => {});
    client = undefined;
    await server.close();
    for (const pid of pids().filter(isAlive)) process.kill(pid, "SIGKILL");
    rmSync(tools, { recursive: true, force: true });
  });
  const connect = async (name: string): Promise<AnyClient> => {
    client = await clientKind(name).connect(server);
    return client;
  };

  it.each(clientKinds)("kills a read whose client vanishes, records it and serves on: $name", async (kind) => {
    client = await kind.connect(server);
    const call = client.call(read.tool, read.arguments).catch(() => "gone");
    await started();
    await client.close();
    await gone();
    await call;
    await eventually(() => kinds().includes("outcome"), "the outcome is recorded");
    expect(lastCode()).toBe("cancelled");
    expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
  });

  it("kills a read that n8n's client cancels by a second request", async () => {
    const n8n = await connect("SDK 1.26 as n8n embeds it, over HTTP, 2025-11-25");
    const cancel = new AbortController();
    const call = n8n.call(read.tool, read.arguments, { signal: cancel.signal }).catch(() => "cancelled");
    await started();
    cancel.abort();
    await gone();
    expect(await call).toBe("cancelled");
    await eventually(() => lastCode() === "cancelled", "the cancel is recorded");
  });

  it("lets a change run to its end when its client vanishes, and records how it ended", async () => {
    setWait(700);
    const caller = await connect(overWebSocket);
    const call = caller.call(change.tool, change.arguments).catch(() => "gone");
    await started();
    await caller.close();
    await call;
    await eventually(() => kinds().includes("outcome"), "the outcome is recorded");
    expect(lastCode()).toBe("ok");
    await gone();
  });

  it("says by which signal a child died", async () => {
    const caller = await connect(overWebSocket);
    const result = await caller.call("cli_tool", { command: "sort -u", stdin: "a\n" });
    expect(result.structuredContent).toMatchObject({
      outcome: "failed",
      code: "exited",
      steps: [{ stages: [{ signal: "SIGKILL" }] }],
    });
    expect((await caller.call("health_check", {})).isError).toBe(false);
  });

  it("ends a call at the caller's own limit, with everything it started", async () => {
    const caller = await connect(overWebSocket);
    const result = await caller.call("cli_tool", { ...read.arguments, timeout_seconds: 1 });
    expect(result.structuredContent).toMatchObject({ outcome: "timed_out", code: "timed_out" });
    await gone();
  });

  it("answers a running call before it ends on SIGTERM, and leaves nothing behind", async () => {
    setWait(700);
    const caller = await connect(overWebSocket);
    const call = caller.call(read.tool, read.arguments);
    await started();
    server.kill("SIGTERM");
    expect((await call).structuredContent).toMatchObject({ outcome: "succeeded", stdout: "done\n" });
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(kinds()).toEqual(["start", "decision", "intent", "outcome", "stop"]);
    expect(readdirSync(tools).filter((name) => name.startsWith("ai-sre-"))).toEqual([]);
    await gone();
  });

  it("turns new work away while it drains", async () => {
    setWait(1500);
    const caller = await connect(overWebSocket);
    const call = caller.call(read.tool, read.arguments);
    await started();
    server.kill("SIGTERM");
    await eventually(() => server.stderr() !== "", "it heard");
    let status = 200;
    while (status === 200) status = (await fetch(`${server.base}/readyz`)).status;
    expect(status).toBe(503);
    await expect(connect("SDK 1.32.2 over HTTP, 2025-11-25")).rejects.toThrow(/shutting down/);
    expect((await call).isError).toBe(false);
    expect((await server.exited).code).toBe(0);
  });

  it("ends at once on a second SIGTERM, without leaving processes or folders", async () => {
    const caller = await connect(overWebSocket);
    const call = caller.call(read.tool, read.arguments).catch(() => "gone");
    await started();
    server.kill("SIGTERM");
    server.kill("SIGINT");
    expect(await server.exited).toEqual({ code: 1, signal: null });
    await call;
    await gone();
    expect(readdirSync(tools).filter((name) => name.startsWith("ai-sre-"))).toEqual([]);
  });
});
