// The HTTP door with raw requests: one clear answer to everything that is no call.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { httpErrors, type HttpErrorCode } from "../../src/errors.ts";
import { type Door, keys, mcpHeaders, startDoor } from "../helpers/door.ts";
import { rawRequest } from "../helpers/raw-http.ts";

describe("POST /mcp/http", () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor();
  });
  afterAll(() => door.close());

  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}) =>
    fetch(door.url, { method: "POST", headers: mcpHeaders(keys.operator, headers), body });
  const rowOf = async (response: Response) => ({ status: response.status, body: await response.json() });
  const expected = (code: HttpErrorCode, id: string | number | null = null) => {
    const { status, rpc, message } = httpErrors[code];
    return {
      status,
      body: rpc === null ? { error: code, message } : { jsonrpc: "2.0", id, error: { code: rpc, message } },
    };
  };

  const notJson: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
    ["half an object", '{"jsonrpc":"2.0",'],
    ["nothing", ""],
    ["JavaScript", "{jsonrpc:'2.0'}"],
    ["a raw NUL in a string", '{"jsonrpc":"2.0","id":1,"method":"a\u0000b"}'],
    ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ];
  it.each(notJson)("answers %s with parse_error", async (_name, body) => {
    expect(await rowOf(await post(body))).toEqual(expected("parse_error"));
  });

  it.each(["[]", '[{"jsonrpc":"2.0","id":1,"method":"ping"}]'])("refuses the array %s", async (body) => {
    expect(await rowOf(await post(body))).toEqual(expected("batch_refused"));
  });

  it.each([
    ["null", null],
    ["7", null],
    ['"text"', null],
    ["{}", null],
    ['{"jsonrpc":"1.0","id":5,"method":"ping"}', 5],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', null],
    ['{"jsonrpc":"2.0","id":"a","method":7}', "a"],
    [`{"jsonrpc":"2.0","id":9,"method":"tools/call","params":${'{"a":'.repeat(70)}1${"}".repeat(70)}}`, 9],
  ])("answers %s, which is no message, with invalid_request", async (body, id) => {
    expect(await rowOf(await post(body))).toEqual(expected("invalid_request", id));
  });

  it("survives a body that is nested as deep as it can be", async () => {
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    const body = `{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"echo","arguments":{"a":${deep}}}}`;
    expect(await rowOf(await post(body))).toEqual(expected("invalid_request", 9));
  });

  it("refuses a body over the limit, declared or streamed", async () => {
    const large = "x".repeat(70_000);
    expect(await rowOf(await post(large))).toEqual(expected("body_too_large"));
    const chunked = await rawRequest(
      door.port,
      `POST /mcp/http HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${keys.operator}\r\nContent-Type: application/json\r\n` +
        `Accept: application/json, text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${"x".repeat(70_000).replace(/^/, "11170\r\n")}\r\n0\r\n\r\n`,
    );
    expect(chunked.status).toBe(413);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", ""])("refuses the content type '%s'", async (type) => {
    expect(await rowOf(await post(Buffer.from("{}"), { "content-type": type }))).toEqual(
      expected("unsupported_media_type"),
    );
  });

  it.each(["application/json", "text/event-stream", "*/*"])("refuses a client that accepts only %s", async (accept) => {
    expect(await rowOf(await post("{}", { accept }))).toEqual(expected("not_acceptable"));
  });

  it.each(["GET", "DELETE", "PUT", "PATCH", "OPTIONS"])("answers %s with 405 and names POST", async (method) => {
    const response = await fetch(door.url, { method, headers: mcpHeaders(keys.operator) });
    expect(response.headers.get("allow")).toBe("POST");
    expect(await rowOf(response)).toEqual(expected("method_not_allowed"));
  });

  it("has nothing elsewhere, and says that /mcp speaks WebSocket", async () => {
    expect(await rowOf(await fetch(`${door.base}/mcp/http/x`))).toEqual(expected("not_found"));
    const plain = await fetch(`${door.base}/mcp`);
    expect(plain.headers.get("upgrade")).toBe("websocket");
    expect(await rowOf(plain)).toEqual(expected("upgrade_required"));
  });

  it.each([
    ["no key", {}, "missing", 'Bearer realm="ai-sre"'],
    ["a wrong key", { authorization: "Bearer nope" }, "wrong", 'Bearer realm="ai-sre", error="invalid_token"'],
    ["an empty key", { authorization: "Bearer " }, "wrong", 'Bearer realm="ai-sre", error="invalid_token"'],
    [
      "another scheme",
      { authorization: `Basic ${keys.operator}` },
      "wrong",
      'Bearer realm="ai-sre", error="invalid_token"',
    ],
    [
      "a key and more",
      { authorization: `Bearer ${keys.operator} x` },
      "wrong",
      'Bearer realm="ai-sre", error="invalid_token"',
    ],
  ])("turns away %s before it reads the body", async (_name, authorization, reason, challenge) => {
    const before = door.failures.length;
    const { authorization: _own, ...headers } = mcpHeaders("");
    const response = await fetch(door.url, {
      method: "POST",
      headers: { ...headers, ...authorization },
      body: "{broken",
    });
    expect(response.headers.get("www-authenticate")).toBe(challenge);
    expect(await rowOf(response)).toEqual(expected("unauthorized"));
    expect(door.failures.slice(before)).toEqual([reason]);
    expect(door.refusals.at(-1)).toBe(`${reason} 127.0.0.1`);
  });

  it("takes no key from the URL", async () => {
    const { authorization: _own, ...headers } = mcpHeaders("");
    const response = await fetch(`${door.url}?key=${keys.operator}&access_token=${keys.operator}`, {
      method: "POST",
      headers,
      body: "{}",
    });
    expect(response.status).toBe(401);
  });

  it.each([
    ["evil.example", undefined, "host_refused", "host"],
    ["127.0.0.1.evil.example", undefined, "host_refused", "host"],
    ["localhost@evil.example", undefined, "host_refused", "host"],
    ["evil@localhost", undefined, "host_refused", "host"],
    ["localhost:80:90", undefined, "host_refused", "host"],
    ["127.0.0.1", "https://evil.example", "origin_refused", "origin"],
    ["127.0.0.1", "http://127.0.0.1.evil.example", "origin_refused", "origin"],
    ["127.0.0.1", "http://127.0.0.1:9", "origin_refused", "origin"],
    ["127.0.0.1", "null", "origin_refused", "origin"],
    ["evil.example", "http://evil.example", "host_refused", "host"],
  ] as const)("turns away Host %s with Origin %s", async (host, origin, code, reason) => {
    const before = door.failures.length;
    const answer = await rawRequest(
      door.port,
      `POST /mcp/http HTTP/1.1\r\nHost: ${host}\r\n${origin === undefined ? "" : `Origin: ${origin}\r\n`}Authorization: Bearer ${keys.operator}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    expect({ status: answer.status, body: JSON.parse(answer.body) }).toEqual(expected(code));
    expect(door.failures.slice(before)).toEqual([reason]);
  });

  it.each([
    ["LOCALHOST:8080", undefined],
    ["[::1]:8080", undefined],
    ["127.0.0.1", "https://n8n.example"],
    ["127.0.0.1:8080", "http://127.0.0.1:8080"],
  ])("lets in Host %s with Origin %s", async (host, origin) => {
    const answer = await rawRequest(
      door.port,
      `GET /mcp/http HTTP/1.1\r\nHost: ${host}\r\n${origin === undefined ? "" : `Origin: ${origin}\r\n`}Authorization: Bearer ${keys.operator}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.status).toBe(405);
  });

  it("serves a client that offers HTTP/2 over HTTP/1.1", async () => {
    const answer = await rawRequest(
      door.port,
      "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
    );
    expect(answer.status).toBe(200);
  });

  it("still serves after all that", async () => {
    const response = await post(
      '{"jsonrpc":"2.0","id":"1","method":"tools/call","params":{"name":"echo","arguments":{"a":1}}}',
    );
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"outcome":"succeeded"');
    expect(door.faults).toEqual([]);
  });
});
