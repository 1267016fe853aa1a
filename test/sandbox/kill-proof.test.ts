// Random trees of processes behind a real server, ended at random moments in every way that there is: nobody is left, nothing stays
// open, and the audit says of each what became of it. AISRE_KILL_TREES trees in all (`make kill-proof`: 200).
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { eventually } from "../helpers/door.ts";
import { openGitServer, token } from "../helpers/git-server.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";
import { boxFile, missing } from "./setup.ts";

const trees = Number(process.env["AISRE_KILL_TREES"] ?? 30);
/** Shutdown and SIGKILL take a server each, so they get half of what the others get. */
const perWay = Math.ceil(trees / 5);
const perServer = Math.ceil(perWay / 2);
const longMs = 30_000 + perWay * 15_000;

const overHttp = "SDK 1.26 as n8n embeds it, over HTTP, 2025-11-25";
const overWebSocket = "SDK 1.32.2 over WebSocket, 2025-11-25";
const tree = { command: "git log --max-count=1" };
/** A server whose git plants trees, and what is alive of them. */
async function openForest(sandbox: "require" | "off" = "require") {
  const tools = mkdtempSync(path.join(tmpdir(), "aisre-forest-"));
  onTestFinished(() => rmSync(tools, { recursive: true, force: true }));
  mkdirSync(path.join(tools, "tmp"));
  copyFileSync(path.resolve(import.meta.dirname, "../../.tools/test/tree"), path.join(tools, "git"));
  copyFileSync(boxFile, path.join(tools, "box"));
  const remote = await openGitServer();
  const settings = {
    AISRE_SANDBOX: sandbox,
    AISRE_TOOL_PATH: tools,
    GITHUB_REPO: "o/r",
    GITHUB_SERVER_URL: remote.url,
    GITHUB_TOKEN: token,
    TMPDIR: path.join(tools, "tmp"),
  };
  let seen = 0;
  /** Process ids of all that was started out of the folder: helpers, roots and trees. */
  const alive = (): readonly string[] =>
    readdirSync("/proc").filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/exe`).startsWith(`${tools}/`);
      } catch {
        return false;
      }
    });
  const start = async (): Promise<ServerProcess> => {
    const server = await startServer(settings);
    onTestFinished(() => server.close());
    const client = await clientKind(overHttp).connect(server);
    // The clone is there before anything is counted.
    await client.call("cli_tool", { command: "git rev-parse HEAD" });
    await client.close();
    return server;
  };
  return {
    start,
    alive,
    /** Waits for a random moment, mostly after something has begun, and counts who is there. */
    ripen: async () => {
      const until = performance.now() + (Math.random() < 0.2 ? 0 : 5000);
      while (performance.now() < until && alive().length < 4) await sleep(20);
      await sleep(Math.random() * 300);
      seen += alive().length;
    },
    /** How many processes there were at those moments, all together. */
    seen: () => seen,
    gone: () => eventually(() => alive().length === 0, "nobody is left"),
  };
}

const openFiles = ({ pid }: ServerProcess): number => readdirSync(`/proc/${pid}/fd`).length;
const count = (server: ServerProcess, kind: string): number =>
  server.audit().filter((record) => record.kind === kind).length;

const callsWith = (server: ServerProcess, kind: string): readonly string[] =>
  server.audit().flatMap((record) => (record.kind === kind ? (record.call_id ?? []) : []));

/** Every call that was begun has its outcome, once it is over. */
const recorded = (server: ServerProcess) =>
  eventually(
    () => callsWith(server, "intent").every((call) => callsWith(server, "outcome").includes(call)),
    "each intent has its outcome",
  );

interface Way {
  readonly name: string;
  readonly client: string;
  readonly end: (client: AnyClient, ripen: () => Promise<void>) => Promise<void>;
}

const ways: readonly Way[] = [
  {
    name: "a cancel",
    client: overHttp,
    end: async (client, ripen) => {
      const cancel = new AbortController();
      const call = client.call("cli_tool", tree, { signal: cancel.signal }).catch(() => undefined);
      await ripen();
      cancel.abort();
      await call;
    },
  },
  {
    name: "a WebSocket that drops",
    client: overWebSocket,
    end: async (client, ripen) => {
      const call = client.call("cli_tool", tree).catch(() => undefined);
      await ripen();
      await client.close();
      await call;
    },
  },
  {
    name: "the time limit",
    client: overHttp,
    end: async (client, ripen) => {
      await Promise.all([client.call("cli_tool", { ...tree, timeout_seconds: 1 }), ripen()]);
    },
  },
];

describe.skipIf(missing !== undefined)("a tree of processes is ended whole", { timeout: longMs }, () => {
  it.for(ways)("by $name", async ({ client: kind, end }) => {
    const { start, gone, ripen, seen } = await openForest();
    const server = await start();
    const before = openFiles(server);
    for (let round = 0; round < perWay; round += 1) {
      const client = await clientKind(kind).connect(server);
      await end(client, ripen);
      await client.close();
      await gone();
    }
    await recorded(server);
    await eventually(() => openFiles(server) <= before, "nothing stays open");
    expect(count(server, "outcome")).toBeGreaterThan(perWay / 3);
    expect(seen()).toBeGreaterThan(perWay / 2);
    expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
  });

  it("by an HTTP request that is closed", async () => {
    const { start, gone, ripen, seen } = await openForest();
    const server = await start();
    const before = openFiles(server);
    for (let round = 0; round < perWay; round += 1) {
      const cut = new AbortController();
      const answer = fetch(`${server.base}/mcp/http`, {
        method: "POST",
        signal: cut.signal,
        headers: {
          authorization: `Bearer ${server.key}`,
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: round,
          method: "tools/call",
          params: { name: "cli_tool", arguments: tree },
        }),
      }).catch(() => undefined);
      await ripen();
      cut.abort();
      await answer;
      await gone();
    }
    await recorded(server);
    await eventually(() => openFiles(server) <= before, "nothing stays open");
    expect(seen()).toBeGreaterThan(perWay / 2);
    expect(count(server, "outcome")).toBeGreaterThan(perWay / 3);
  });

  it("by the end of the server, asked for or not", async () => {
    const { start, gone, ripen, seen } = await openForest();
    for (let round = 0; round < perServer * 2; round += 1) {
      const server = await start();
      const client = await clientKind(overWebSocket).connect(server);
      const call = client.call("cli_tool", tree).catch(() => undefined);
      await ripen();
      const isKilled = round % 2 === 1;
      // A second signal does not wait for what runs.
      for (const signal of isKilled ? (["SIGKILL"] as const) : (["SIGTERM", "SIGINT"] as const)) server.kill(signal);
      await server.exited;
      await gone();
      await call;
      await client.close().catch(() => undefined);
    }
    expect(seen()).toBeGreaterThan(perServer);
  });

  it("and without the box some of them would have stayed", async () => {
    const { start, alive } = await openForest("off");
    const server = await start();
    const client = await clientKind(overHttp).connect(server);
    onTestFinished(() => {
      for (const pid of alive()) process.kill(Number(pid), "SIGKILL");
    });
    for (let round = 0; round < 8 && alive().length === 0; round += 1) {
      await client.call("cli_tool", { ...tree, timeout_seconds: 1 });
    }
    expect(alive().length).toBeGreaterThan(0);
    await client.close();
  });

  it("but a change that has started is not cut by whoever goes away", async () => {
    const { start, gone } = await openForest();
    const server = await start();
    for (const kind of [overHttp, overWebSocket]) {
      const client = await clientKind(kind).connect(server);
      const cancel = new AbortController();
      const call = client
        .call("cli_tool", { command: "git add README.md" }, { signal: cancel.signal })
        .catch(() => undefined);
      const intents = count(server, "intent") + 1;
      await eventually(() => count(server, "intent") === intents, "it has started");
      await sleep(300);
      if (kind === overHttp) cancel.abort();
      else await client.close();
      await call;
      await recorded(server);
      expect(server.audit().findLast(({ kind }) => kind === "outcome")?.code).toBe("ok");
      await client.close();
      await gone();
    }
  });
});
