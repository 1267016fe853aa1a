// Requests that no client would write: whoever smuggles one past another gets an error, and the server serves on.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawRequest } from "../helpers/raw-http.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
const length = `Content-Length: ${body.length}`;

describe("a request written by hand", () => {
  let server: ServerProcess;
  let port: number;
  let common: readonly string[];
  beforeAll(async () => {
    server = await startServer();
    port = Number(new URL(server.base).port);
    common = [
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${server.key}`,
      "Content-Type: application/json",
      "Accept: application/json, text/event-stream",
    ];
  });
  afterAll(() => server?.close());

  const send = (line: string, fields: readonly string[], sent = body) =>
    rawRequest(port, [line, ...fields, "", sent].join("\r\n"));
  const post = "POST /mcp/http HTTP/1.1";

  it("is answered when it is a plain one", async () => {
    expect((await send(post, [...common, length])).status).toBe(200);
  });

  it("with a whole URL for its target is answered here, wherever the URL points", async () => {
    expect((await send("POST http://evil.example/mcp/http HTTP/1.1", [...common, length])).status).toBe(200);
  });

  it.each([
    ["Transfer-Encoding beside Content-Length", post, ["Transfer-Encoding: chunked", length], 400],
    ["a Transfer-Encoding that nobody knows", post, ["Transfer-Encoding: xchunked"], 400],
    ["two lengths", post, [length, "Content-Length: 3"], 400],
    ["a foreign Host before ours", post, ["Host: evil.example", length], 403],
    ["a wrong key before ours", post, ["Authorization: Bearer wrong-key-0123456789", length], 401],
    ["a path that climbs", "POST /mcp/../mcp/http HTTP/1.1", [length], 404],
    ["HTTP/2 in the clear", "PRI * HTTP/2.0", [], 400],
  ])("with %s is refused", async (_what, line, fields, status) => {
    expect((await send(line, [...fields, ...common])).status).toBe(status);
  });

  it("that asks for a tunnel gets none", async () => {
    const { status } = await send("CONNECT evil.example:443 HTTP/1.1", ["Host: evil.example:443"], "");
    expect(status).toBe(0);
  });

  it("leaves the server serving, and with nothing recorded that ran", async () => {
    expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
    expect(server.audit().filter(({ kind }) => kind === "intent")).toEqual([]);
  });
});
