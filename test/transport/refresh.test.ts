// What connected clients see when policy or principals change: those who can be told are told, and whose key was taken away is
// cut off, whatever it has open.
import { createHash } from "node:crypto";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthenticator, followAuthenticator } from "../../src/transport/authenticate.ts";
import { type Door, eventually, keys, startDoor } from "../helpers/door.ts";
import { HeaderWebSocketTransport } from "../helpers/websocket-clients.ts";

const modern = { versionNegotiation: { mode: { pin: "2026-07-28" } } } as const;
const news = "notifications/tools/list_changed";

async function open(): Promise<{ readonly door: Door; readonly takeAway: () => void }> {
  const hash = createHash("sha256").update(keys.operator).digest("hex");
  const held = [{ id: "n8n", roles: ["operator"], keySha256: [hash] }] as const;
  const nobody = [{ id: "other", roles: ["operator"], keySha256: ["0".repeat(64)] }] as const;
  const [before, after] = [createAuthenticator(held, []), createAuthenticator(nobody, [])];
  let newest = before;
  const door = await startDoor({ authenticator: followAuthenticator(() => newest) });
  onTestFinished(() => door.close());
  return { door, takeAway: () => (newest = after) };
}

/** A client of the newer era that has asked to be told. */
async function subscriber(door: Door, over: "http" | "websocket") {
  const client = new Client({ name: "t", version: "1" }, modern);
  const headers = { Authorization: `Bearer ${door.key}` };
  const transport =
    over === "http"
      ? new StreamableHTTPClientTransport(new URL(door.url), { requestInit: { headers } })
      : new HeaderWebSocketTransport(door.wsUrl, door.key);
  await client.connect(transport);
  const told: string[] = [];
  client.setNotificationHandler(news, () => void told.push(news));
  const subscription = await client.listen({ toolsListChanged: true });
  onTestFinished(() => client.close());
  return { client, told, subscription };
}

describe("a change of the tools", () => {
  it.each(["http", "websocket"] as const)("is told to who has subscribed over %s", async (over) => {
    const { door } = await open();
    const { told } = await subscriber(door, over);
    door.listener.refresh();
    await eventually(() => told.length > 0, "the subscriber hears of it");
    expect(told).toEqual([news]);
  });

  it("is told over WebSocket to clients of the older era, which say so in their capabilities", async () => {
    const { door } = await open();
    const client = new Client({ name: "t", version: "1" });
    await client.connect(new HeaderWebSocketTransport(door.wsUrl, door.key));
    onTestFinished(() => client.close());
    const told: string[] = [];
    client.setNotificationHandler(news, () => void told.push(news));
    expect(client.getServerCapabilities()).toEqual({ tools: { listChanged: true } });
    door.listener.refresh();
    await eventually(() => told.length === 1, "the client hears of it");
  });

  it("is not promised over HTTP to clients of the older era", async () => {
    const { door } = await open();
    const client = new Client({ name: "t", version: "1" });
    const headers = { Authorization: `Bearer ${door.key}` };
    await client.connect(new StreamableHTTPClientTransport(new URL(door.url), { requestInit: { headers } }));
    onTestFinished(() => client.close());
    expect(client.getServerCapabilities()).toEqual({ tools: {} });
  });
});

describe("a key that is taken away", () => {
  it("ends a subscription over HTTP", async () => {
    const { door, takeAway } = await open();
    const { subscription, told } = await subscriber(door, "http");
    let ended = false;
    void subscription.closed.then(() => (ended = true));
    takeAway();
    door.listener.refresh();
    await eventually(() => ended, "the subscription ends");
    expect(told).toEqual([]);
  });

  it("closes a WebSocket, and has no role until then", async () => {
    const { door, takeAway } = await open();
    const transport = new HeaderWebSocketTransport(door.wsUrl, door.key);
    const client = new Client({ name: "t", version: "1" });
    await client.connect(transport);
    const code = new Promise<number>((resolve) => transport.socket.once("close", resolve));
    takeAway();
    await client.callTool({ name: "echo", arguments: { text: "x" } });
    expect(door.gate.seen.at(-1)?.call.principal.roles).toEqual([]);
    door.listener.refresh();
    expect(await code).toBe(1008);
  });
});
