// The protocol's envelope over a gate that the tests hold: what is listed, what reaches the gate, what a call costs.
import { createMcpHandler } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { composePolicy } from "../../src/compose/policy.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createMcpFactory, type McpSession } from "../../src/mcp/server.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { createFakeGate, fakeIds, fakeTools } from "../helpers/fake-gate.ts";

const session: McpSession = {
  principal: { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" },
  transport: "http",
  run: (signal, work) => work(signal),
};
const options = { serverInfo: { name: "ai-sre", version: "1.0.0" }, instructions: "Be careful.", ids: fakeIds };

/** Posts one 2026-07-28 message to a fresh server, without a socket. */
function post(gate: ReturnType<typeof createFakeGate>, tools: typeof fakeTools) {
  const factory = createMcpFactory({ ...options, gate, tools });
  const handler = createMcpHandler(() => factory(session));
  return async (method: string, params: object) => {
    const message = {
      jsonrpc: "2.0",
      id: 1,
      method,
      params: {
        ...params,
        _meta: {
          "io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
          "io.modelcontextprotocol/clientCapabilities": {},
        },
      },
    };
    const name = "name" in params ? { "mcp-name": String(params.name) } : {};
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...name,
    };
    const response = await handler.fetch(new Request("http://localhost/mcp/http", { method: "POST", headers }), {
      parsedBody: message,
    });
    const answer: { result: Record<string, unknown> } = JSON.parse(await response.text());
    return answer.result;
  };
}

describe("the protocol's envelope", () => {
  it("lists exactly what the gate shows this principal, in the catalog's order, for a minute and in private", async () => {
    const result = await post(createFakeGate(), fakeTools)("tools/list", {});
    expect(result).toMatchObject({ ttlMs: 60_000, cacheScope: "private" });
    expect(result["tools"]).toMatchObject([{ name: "echo" }, { name: "slow" }, { name: "fail" }, { name: "deny" }]);
    expect(result["tools"]).toHaveLength(4);
  });

  it("says the server's name and instructions to whoever asks", async () => {
    const result = await post(createFakeGate(), fakeTools)("server/discover", {});
    expect(result).toMatchObject({ instructions: "Be careful.", capabilities: { tools: {} } });
    expect(JSON.stringify(result)).toContain('"name":"ai-sre"');
  });

  it("lists the real catalog whole, with flat schemas that allow no unknown argument", async () => {
    const gate = { ...createFakeGate(), visible: () => new Set(catalog.map(({ name }) => name)) };
    const { tools } = await post(gate, catalog)("tools/list", {});
    expect(tools).toHaveLength(catalog.length);
    expect(JSON.stringify(tools)).not.toMatch(/"(\$ref|oneOf)"/);
    for (const tool of Array.isArray(tools) ? tools : []) {
      expect(tool).toMatchObject({
        name: expect.stringMatching(/^[a-z0-9_]{1,40}$/),
        inputSchema: { type: "object", additionalProperties: false },
      });
    }
  });

  it.each([
    ["operator", 16_384],
    ["admin", 16_384],
    ["viewer", 9216],
    ["approver", 1280],
  ] as const)("lists what the committed policy shows to the role %s in less than %i bytes", async (role, limit) => {
    const { policy } = composePolicy(loadConfig({}).policy, { clock: { now: () => 0, monotonic: () => 0 } });
    const visible = () => policy.visible({ id: "n8n", roles: [role], authenticatedBy: "bearer" });
    const list = await post({ ...createFakeGate(), visible }, catalog)("tools/list", {});
    expect(visible().size).toBeGreaterThan(0);
    expect(list["tools"]).toHaveLength(visible().size);
    expect(Buffer.byteLength(JSON.stringify(list))).toBeLessThan(limit);
  });

  it("costs a call the same whatever the number of tools: no schema is built on the way", async () => {
    const many = catalog.flatMap((tool) =>
      Array.from({ length: 150 }, (_none, at) => ({ ...tool, name: `tool_${at}` })),
    );
    const calls = [fakeTools, [...fakeTools, ...many]].map((tools) => post(createFakeGate(), tools));
    const times = calls.map((): number[] => []);
    for (let turn = -50; turn < 300; turn += 1) {
      for (const [index, call] of calls.entries()) {
        const startedAt = performance.now();
        await call("tools/call", { name: "echo", arguments: {} });
        if (turn >= 0) times[index]?.push(performance.now() - startedAt);
      }
    }
    const [few = 0, lots = 0] = times.map((samples) => samples.toSorted((a, b) => a - b)[150]);
    expect(lots / Math.max(few, 0.05)).toBeLessThan(3);
  });
});
