// The WebSocket door with raw sockets: upgrades, frames, limits, clients that do not read.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { httpErrors } from "../../src/errors.ts";
import { type Door, eventually, keys, startDoor } from "../helpers/door.ts";
import { openSocket, refusedUpgrade } from "../helpers/sockets.ts";

describe("the WebSocket door", () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor({ limits: { maxConnections: 4 } });
  });
  afterAll(() => door.close());
  const bearer = { authorization: `Bearer ${keys.operator}` };

  it.each([
    ["another path", "/other", ["mcp"], bearer, "not_found"],
    ["a foreign Host", "/mcp", ["mcp"], { ...bearer, host: "evil.example" }, "host_refused"],
    ["a foreign Origin", "/mcp", ["mcp"], { ...bearer, origin: "https://evil.example" }, "origin_refused"],
    ["no key", "/mcp", ["mcp"], {}, "unauthorized"],
    ["a wrong key", "/mcp", ["mcp"], { authorization: "Bearer nope" }, "unauthorized"],
    ["a wrong key as subprotocol", "/mcp", ["mcp", "aisre.bearer.bm9wZQ"], {}, "unauthorized"],
    ["a key in the URL", `/mcp?key=${keys.operator}`, ["mcp"], {}, "unauthorized"],
    ["no subprotocol", "/mcp", [], bearer, "subprotocol_missing"],
    ["another subprotocol", "/mcp", ["graphql-ws"], bearer, "subprotocol_missing"],
    [
      "a key as the only subprotocol",
      "/mcp",
      [`aisre.bearer.${Buffer.from(keys.operator).toString("base64url")}`],
      {},
      "subprotocol_missing",
    ],
  ] as const)("turns away %s", async (_name, path, protocols, headers, code) => {
    const refused = await refusedUpgrade(door.wsUrl.replace("/mcp", path), protocols, headers);
    const { status, rpc, message } = httpErrors[code];
    expect(refused).toEqual({
      status,
      body: rpc === null ? { error: code, message } : { jsonrpc: "2.0", id: null, error: { code: rpc, message } },
    });
  });

  it("takes the key as a subprotocol and answers with mcp only", async () => {
    const client = await openSocket(door.wsUrl, [
      "mcp",
      `aisre.bearer.${Buffer.from(keys.admin).toString("base64url")}`,
    ]);
    expect(client.socket.protocol).toBe("mcp");
    expect(JSON.stringify(await client.ask("tools/list", 1))).toContain('"hidden"');
    await client.close();
  });

  it("answers what is no message, and goes on serving", async () => {
    const client = await openSocket(door.wsUrl, ["mcp"], bearer);
    for (const frame of [
      "{nope",
      "[]",
      '{"jsonrpc":"2.0","id":7}',
      '{"jsonrpc":"2.0","id":"é","method":"tools/list","params":{}}',
    ]) {
      client.socket.send(frame);
    }
    await eventually(() => client.received.length === 4, "four answers");
    expect(client.received.slice(0, 3).map((answer) => [answer.id, answer.error?.code])).toEqual([
      [null, -32700],
      [null, -32600],
      [7, -32600],
    ]);
    expect(client.received[3]?.id).toBe("é");
    await client.close();
  });

  it("answers an unknown method with -32601 and a wrong envelope with -32602", async () => {
    const client = await openSocket(door.wsUrl, ["mcp"], bearer);
    expect((await client.ask("no/such", 1)).error?.code).toBe(-32601);
    expect((await client.ask("tools/call", 2, { name: 7 })).error?.code).toBe(-32602);
    expect((await client.ask("tools/call", 3, { name: "echo", arguments: [] })).error?.code).toBe(-32602);
    expect((await client.ask("tools/call", 4, { name: "x".repeat(200) })).error?.code).toBe(-32602);
    expect((await client.ask("tools/call", 5)).error?.code).toBe(-32602);
    await client.close();
  });

  it('serves several calls of one socket at once, and tells 1 from "1"', async () => {
    const client = await openSocket(door.wsUrl, ["mcp"], bearer);
    const ended: unknown[] = [];
    const ask = async (id: number | string, tool: string, given: Record<string, unknown>) => {
      const answer = await client.ask("tools/call", id, { name: tool, arguments: given });
      ended.push(answer.id);
    };
    const slow = { ms: 500 };
    await Promise.all([ask(1, "slow", slow), ask("1", "slow", slow), ask(2, "echo", {})]);
    expect(ended[0]).toBe(2);
    expect(new Set(ended)).toEqual(new Set([1, "1", 2]));
    await client.close();
  });

  it("ends a connection that sends too much, or anything but text", async () => {
    const large = await openSocket(door.wsUrl, ["mcp"], bearer);
    large.socket.send("x".repeat(70_000));
    expect(await large.closed).toBe(1009);
    const binary = await openSocket(door.wsUrl, ["mcp"], bearer);
    binary.socket.send(Buffer.from("{}"));
    expect(await binary.closed).toBe(1003);
    const broken = await openSocket(door.wsUrl, ["mcp"], bearer);
    broken.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await broken.closed).toBe(1007);
  });

  it("turns away a connection over the limit, and takes one again when there is room", async () => {
    await eventually(() => door.gate.seen.every(({ ended }) => ended !== undefined), "quiet");
    const clients = [];
    for (let count = 0; count < 4; count += 1) clients.push(await openSocket(door.wsUrl, ["mcp"], bearer));
    const refused = await refusedUpgrade(door.wsUrl, ["mcp"], bearer);
    expect(refused.status).toBe(httpErrors.connection_limit.status);
    for (const client of clients) await client.close();
    const again = await openSocket(door.wsUrl, ["mcp"], bearer);
    await again.close();
  });

  it("ends a connection whose client no longer answers pings", async () => {
    const dead = await startDoor({ limits: { pingIntervalMs: 40 } });
    const client = new WebSocket(dead.wsUrl, ["mcp"], { headers: bearer, autoPong: false });
    const code = await new Promise((resolve) => {
      client.on("close", resolve);
    });
    expect(code).toBe(1006);
    await dead.close();
  });

  it("ends a connection whose client does not read", async () => {
    const full = await startDoor({ limits: { maxBufferedBytes: 1 }, config: { maxBodyBytes: 8 * 1024 * 1024 } });
    const client = await openSocket(full.wsUrl, ["mcp"], bearer);
    client.socket.pause();
    const blob = "x".repeat(6 * 1024 * 1024);
    for (let id = 1; id <= 4; id += 1) {
      client.socket.send(
        JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "echo", arguments: { blob } } }),
      );
    }
    await eventually(() => full.gate.seen.length === 4, "four calls").catch(() => undefined);
    client.socket.resume();
    expect(await client.closed).toBe(1013);
    await full.close();
  });
});
