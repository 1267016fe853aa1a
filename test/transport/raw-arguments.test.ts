// What a caller sends reaches the gate as it was sent, over every way in.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { WebSocketClientTransport } from "@modelcontextprotocol/sdk/client/websocket.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Door, keys, mcpHeaders, startDoor } from "../helpers/door.ts";
import { openSocket } from "../helpers/sockets.ts";

const modernMeta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

describe("what a caller sends", () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor({ config: { maxBodyBytes: 2 * 1024 * 1024 } });
  });
  afterAll(() => door.close());

  /** Sends `"name": name, "arguments": argumentsText` through one door in one era and returns the answer's text. */
  const ways: readonly (readonly [string, (params: string) => Promise<string>])[] = [
    [
      "HTTP, 2025-11-25",
      async (params) => {
        const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params}}}`;
        return (await fetch(door.url, { method: "POST", headers: mcpHeaders(keys.operator), body })).text();
      },
    ],
    [
      "HTTP, 2026-07-28",
      async (params) => {
        const name = /"name":"([^"]*)"/.exec(params)?.[1] ?? "";
        const headers = mcpHeaders(keys.operator, {
          "mcp-protocol-version": "2026-07-28",
          "mcp-method": "tools/call",
          "mcp-name": name,
        });
        const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params},"_meta":${JSON.stringify(modernMeta)}}}`;
        return (await fetch(door.url, { method: "POST", headers, body })).text();
      },
    ],
    ...([undefined, modernMeta] as const).map((meta) => {
      const way = async (params: string): Promise<string> => {
        const client = await openSocket(door.wsUrl, ["mcp"], { authorization: `Bearer ${keys.operator}` });
        const answer = new Promise<string>((resolve) => {
          client.socket.once("message", (data: Buffer) => resolve(data.toString("utf8")));
        });
        const extra = meta === undefined ? "" : `,"_meta":${JSON.stringify(meta)}`;
        client.socket.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params}${extra}}}`);
        const text = await answer;
        await client.close();
        return text;
      };
      return [`WebSocket, ${meta === undefined ? "2025-11-25" : "2026-07-28"}`, way] as const;
    }),
  ];
  const seenLast = () => door.gate.seen.at(-1)?.call;

  it.each(ways)("reaches the gate as it was sent, over %s", async (_name, send) => {
    const text =
      '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"lone":"\\ud834","nul":"a\\u0000b","number":1e400,"deep":[[[{"x":null}]]]}';
    const answer = await send(`"name":"echo","arguments":${text}`);
    expect(answer).toContain('"outcome":"succeeded"');
    const received = seenLast()?.arguments;
    expect(JSON.stringify(received)).toBe(JSON.stringify(JSON.parse(text)));
    expect(Object.keys(received ?? {})).toContain("__proto__");
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it.each(ways)("may be a megabyte, over %s", async (_name, send) => {
    const answer = await send(`"name":"fail","arguments":{"command":"${"x ".repeat(500_000)}"}`);
    expect(answer).toContain('"outcome":"failed"');
    expect(seenLast()?.arguments).toEqual({ command: "x ".repeat(500_000) });
  });

  it.each(ways)("goes to the gate for an unknown tool too, over %s", async (_name, send) => {
    const answer = await send('"name":"no_such_tool"');
    expect(answer).toContain('"code":"unknown_tool"');
    expect(answer).toContain('"isError":true');
    expect(seenLast()).toMatchObject({ tool: "no_such_tool", arguments: undefined, principal: { id: "n8n" } });
  });

  it.each(ways)("is a protocol error when the envelope is wrong, over %s", async (_name, send) => {
    const before = door.gate.seen.length;
    for (const params of [
      '"name":7',
      '"name":"echo","arguments":[]',
      '"name":"echo","arguments":"x"',
      '"name":"echo","arguments":null',
    ]) {
      expect(await send(params), params).toMatch(/"code":-32(602|020)/);
    }
    expect(door.gate.seen.length).toBe(before);
  });

  it.each(ways)("never learns what went wrong inside, over %s", async (_name, send) => {
    const answer = await send('"name":"boom"');
    expect(answer).toContain('"code":-32603');
    expect(answer).not.toContain("secret detail");
    expect(door.faults.at(-1)).toEqual(new Error("secret detail of a fault"));
  });

  it("is not known by method: -32601 over HTTP", async () => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"no/such"}';
    const answer = await fetch(door.url, { method: "POST", headers: mcpHeaders(keys.operator), body });
    expect(await answer.text()).toContain('"code":-32601');
  });

  it("carries a trace context: _meta before the header, both checked", async () => {
    const parent = (digit: string): string => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
    const call = async (headers: Record<string, string>, meta: object) => {
      const body = JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "echo", arguments: {}, _meta: meta },
      });
      await (await fetch(door.url, { method: "POST", headers: mcpHeaders(keys.operator, headers), body })).text();
      return { parent: seenLast()?.traceparent, state: seenLast()?.tracestate };
    };
    const header = { traceparent: parent("a"), tracestate: "v=header" };
    expect(await call(header, {})).toEqual({ parent: parent("a"), state: "v=header" });
    expect(await call(header, { traceparent: parent("b") })).toEqual({ parent: parent("b"), state: undefined });
    expect(await call(header, { traceparent: "nonsense" })).toEqual({ parent: parent("a"), state: "v=header" });
    expect(await call({ traceparent: parent("0") }, { tracestate: "v=alone" })).toEqual({
      parent: undefined,
      state: undefined,
    });
  });
});

describe("without keys, on loopback", () => {
  it("serves the SDK's own WebSocket client, which can send none, as anonymous", async () => {
    const door = await startDoor({ open: true });
    const client = new Client({ name: "t", version: "1" });
    await client.connect(new WebSocketClientTransport(new URL(door.wsUrl)));
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["echo", "slow", "fail", "deny"]);
    await client.callTool({ name: "echo", arguments: {} });
    expect(door.gate.seen[0]?.call).toMatchObject({
      principal: { id: "anonymous", roles: ["viewer"] },
      transport: "websocket",
    });
    await client.close();
    await door.close();
  });
});
