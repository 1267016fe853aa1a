// Every endpoint of a server that runs somewhere else: `make test-mcp URL=http://127.0.0.1:8080` with its key in MCP_API_KEY.
// Changes nothing there. Without a URL nothing runs.
import { beforeAll, describe, expect, it } from "vitest";
import { readAnswer } from "../helpers/answer.ts";
import { clientKinds } from "../helpers/clients.ts";
import { openSocket } from "../helpers/sockets.ts";

const base = (process.env["AISRE_TEST_URL"] ?? "").replace(/\/+$/, "");
const key = process.env["MCP_API_KEY"] ?? "";
const place = { url: `${base}/mcp/http`, wsUrl: `${base.replace(/^http/, "ws")}/mcp`, key };
const metricsBase = process.env["AISRE_TEST_METRICS_URL"] ?? base;

describe.skipIf(base === "")("the server at URL", () => {
  // Once, in words, instead of every test for itself.
  beforeAll(async () => {
    const answered = await fetch(`${base}/livez`).catch(() => undefined);
    if (answered === undefined) throw new Error(`nothing answers at ${base}: start the server, or give another URL`);
  });

  it.each(clientKinds.filter(({ door }) => door !== "stdio"))("answers $name", async ({ connect }) => {
    const client = await connect(place);
    const tools = (await client.listTools()).map(({ name }) => name);
    expect(tools).toEqual(expect.arrayContaining(["cli_tool", "health_check"]));
    const answer = readAnswer((await client.call("health_check", {})).structuredContent);
    expect(answer).toMatchObject({ outcome: "succeeded", code: "ok" });
    const denied = readAnswer((await client.call("cli_tool", { command: "kubectl get secrets -A" })).structuredContent);
    expect(denied.outcome).toBe("denied");
    await client.close();
  });

  it.each([
    ["/livez", 200],
    ["/readyz", 200],
    ["/health", 200],
    ["/no-such-page", 404],
  ])("answers %s with %d", async (page, status) => {
    expect((await fetch(`${base}${page}`)).status).toBe(status);
  });

  it("tells its metrics", async () => {
    expect(await (await fetch(`${metricsBase}/metrics`)).text()).toContain("aisre_build_info");
  });

  it("lets nobody in with another key, through neither door", async () => {
    const authorization = "Bearer not-the-key-of-this-server";
    const headers = {
      authorization,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    expect((await fetch(place.url, { method: "POST", headers, body })).status).toBe(401);
    await expect(openSocket(place.wsUrl, ["mcp"], { authorization })).rejects.toThrow(/401/);
  });
});
