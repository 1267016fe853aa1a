// Bad input against the whole server, over both doors: one clear answer from the table each, a record, and a server that
// serves on. What only a door sees (hosts, keys, frames, content types) is tested in test/transport.
import { mkdirSync, rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { httpErrors, outcomeCodes, type OutcomeCode } from "../../src/errors.ts";
import { resultSchema } from "../../src/mcp/result-schema.ts";
import type { Answer } from "../helpers/answer.ts";
import { eventually, mcpHeaders } from "../helpers/door.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";
import { type OpenSocket, openSocket, refusedUpgrade } from "../helpers/sockets.ts";

const longestMessage = 1000;

interface BadCall {
  readonly what: string;
  readonly tool?: string;
  /** JSON text, so that what JSON.stringify would not write can be sent. */
  readonly arguments: string;
  readonly code: OutcomeCode;
  readonly token?: string;
}

const command = (line: string): string => JSON.stringify({ command: line });

const badCalls: readonly BadCall[] = [
  { what: "an unknown tool", tool: "kubectl_exec", arguments: "{}", code: "unknown_tool" },
  { what: "a tool named like a property", tool: "__proto__", arguments: "{}", code: "unknown_tool" },
  { what: "a number for a command", arguments: '{"command":7}', code: "invalid_arguments", token: "command" },
  { what: "null for a command", arguments: '{"command":null}', code: "invalid_arguments", token: "command" },
  { what: "an unknown key", arguments: '{"comand":"x"}', code: "invalid_arguments", token: "comand" },
  { what: "__proto__ as a key", arguments: '{"__proto__":{"command":"id"}}', code: "invalid_arguments" },
  { what: "constructor as a key", arguments: '{"constructor":{"prototype":{}}}', code: "invalid_arguments" },
  { what: "command and argv", arguments: '{"command":"jq .","argv":["jq","."]}', code: "invalid_arguments" },
  { what: "an argv of numbers", arguments: '{"argv":[1,2]}', code: "invalid_arguments" },
  { what: "a lone surrogate", arguments: String.raw`{"argv":["grep","\ud800"]}`, code: "not_understood" },
  { what: "a NUL", arguments: String.raw`{"argv":["grep","a\u0000b"]}`, code: "not_understood" },
  { what: "a newline in a command", arguments: command("kubectl get pods\nid"), code: "not_understood" },
  { what: "an unterminated quote", arguments: command("kubectl get 'pods"), code: "not_understood" },
  { what: "a second command", arguments: command("kubectl get pods; id"), code: "not_understood" },
  { what: "a substitution", arguments: command("kubectl get $(id)"), code: "not_understood" },
  { what: "a redirection", arguments: command("kubectl get pods > /tmp/x"), code: "not_understood" },
  { what: "60,000 tokens", arguments: command("a ".repeat(60_000)), code: "not_understood" },
  {
    what: "an argv of 60,000",
    arguments: JSON.stringify({ argv: Array(60_000).fill("a") }),
    code: "not_understood",
  },
  { what: "almost 1 MB", arguments: command("x".repeat(1_000_000)), code: "not_understood" },
  { what: "nothing", arguments: command(""), code: "invalid_arguments" },
  { what: "blanks", arguments: command("   "), code: "not_understood" },
  { what: "nine stages", arguments: command(Array(9).fill("sort").join(" | ")), code: "not_understood" },
];

const message = (id: number, { tool = "cli_tool", arguments: text }: BadCall): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":${JSON.stringify(tool)},"arguments":${text}}}`;

/** The message in a response of either form, JSON or one server-sent event. */
async function answerOf(response: Response): Promise<Answered> {
  const text = await response.text();
  return answered.parse(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text));
}

const answered = z.looseObject({ result: z.unknown().optional(), error: z.looseObject({ code: z.int() }).optional() });
type Answered = z.output<typeof answered>;

const resultOf = (result: unknown) =>
  z.looseObject({ isError: z.boolean(), structuredContent: resultSchema }).parse(result);

describe("bad input", () => {
  let server: ServerProcess;
  let socket: OpenSocket;
  beforeAll(async () => {
    server = await startServer();
    socket = await openSocket(server.wsUrl, ["mcp"], { authorization: `Bearer ${server.key}` });
    const clientInfo = { name: "test", version: "1.0.0" };
    await socket.ask("initialize", "i", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
  });
  afterAll(() => server?.close());
  afterEach(async () => {
    // Whatever was sent: the server serves on, over both doors.
    expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
    expect(await socket.ask("ping", `ping-${Math.random()}`)).toMatchObject({ result: {} });
  });

  const post = (body: string) => fetch(server.url, { method: "POST", headers: mcpHeaders(server.key), body });

  function expectAnswer(result: Answered["result"], bad: BadCall): void {
    const { isError, structuredContent } = resultOf(result);
    expect(isError).toBe(true);
    expect(structuredContent).toMatchObject({ code: bad.code, outcome: outcomeCodes[bad.code].outcome });
    expect(structuredContent.reasons).toHaveLength(1);
    const [reason] = structuredContent.reasons ?? [];
    expect(reason).toMatchObject({
      rule: `server/${bad.code.replaceAll("_", "-")}`,
      ...(bad.token === undefined ? {} : { token: bad.token }),
    });
    expect(reason?.message.length).toBeGreaterThan(10);
    expect(reason?.message.length).toBeLessThan(longestMessage);
    const records = server.audit().filter(({ call_id }) => call_id === structuredContent.call_id);
    expect(records).toMatchObject([{ kind: "decision", effect: "deny", code: bad.code }]);
  }

  it.each(badCalls)("$what: $code, over HTTP", async (bad) => {
    const response = await post(message(1, bad));
    expect(response.status).toBe(200);
    expectAnswer((await answerOf(response)).result, bad);
  });

  it.each(badCalls)("$what: $code, over WebSocket", async (bad) => {
    const id = 1000 + badCalls.indexOf(bad);
    const before = socket.received.length;
    socket.socket.send(message(id, bad));
    while (!socket.received.slice(before).some((answer) => answer.id === id)) {
      await new Promise((resolve) => {
        socket.socket.once("message", resolve);
      });
    }
    expectAnswer(socket.received.find((answer) => answer.id === id)?.result, bad);
  });

  it.each([
    ["wrong JSON", "{", "parse_error"],
    ["an array", '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', "batch_refused"],
    ["a body of 2 MB", JSON.stringify({ text: "x".repeat(2_000_000) }), "body_too_large"],
  ] as const)("answers %s with the row of the table", async (_what, body, code) => {
    const response = await post(body);
    const { status, rpc, message: text } = httpErrors[code];
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code: rpc, message: text } });
  });

  it("answers an unknown method with -32601 on both doors", async () => {
    const response = await post('{"jsonrpc":"2.0","id":3,"method":"tools/destroy"}');
    expect(await response.text()).toContain("-32601");
    expect(await socket.ask("tools/destroy", 7001)).toMatchObject({ error: { code: -32_601 } });
  });

  it.each(["[]", '"kubectl get pods"', "7"])(
    "answers arguments that are %s with -32602 on both doors",
    async (text) => {
      const body = message(4, { what: "", arguments: text, code: "invalid_arguments" });
      const overHttp = await answerOf(await post(body));
      expect(overHttp).toMatchObject({ error: { code: -32_602 } });
      const params = { name: "cli_tool", arguments: JSON.parse(text) };
      const overWebSocket = await socket.ask("tools/call", `a${text}`, params);
      expect(overWebSocket.error).toEqual(overHttp.error);
    },
  );

  it("turns a WebSocket away that lacks the subprotocol, the key, or comes from elsewhere", async () => {
    const authorization = `Bearer ${server.key}`;
    const turnedAway = async (protocols: readonly string[], headers: Record<string, string>) =>
      (await refusedUpgrade(server.wsUrl, protocols, headers)).status;
    expect(await turnedAway([], { authorization })).toBe(httpErrors.subprotocol_missing.status);
    expect(await turnedAway(["mcp"], {})).toBe(httpErrors.unauthorized.status);
    expect(await turnedAway(["mcp"], { authorization: "Bearer wrong-key-0123456789" })).toBe(401);
    expect(await turnedAway(["mcp"], { authorization, origin: "https://evil.example" })).toBe(403);
    expect(await turnedAway(["mcp"], { authorization, host: "evil.example" })).toBe(403);
    const failures = () => server.audit().filter(({ kind }) => kind === "auth_failure").length;
    await eventually(() => failures() >= 4, "every refusal is recorded");
  });

  it("keeps what was refused out of the audit's way: the records are whole, chained lines below 15 KB", () => {
    const lines = server.auditText().trim().split("\n");
    expect(lines.length).toBeGreaterThan(badCalls.length);
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(15 * 1024);
  });
});

describe("an audit that fails while the server serves", () => {
  it("stops everything, says so, and serves again when it can be written", async () => {
    const server = await startServer();
    const file = `${server.folder}/audit.jsonl`;
    try {
      const call = async (): Promise<Answer> => {
        const body = message(1, {
          what: "",
          arguments: JSON.stringify({ command: "sort", stdin: "b\na\n" }),
          code: "ok",
        });
        const response = await fetch(server.url, { method: "POST", headers: mcpHeaders(server.key), body });
        return resultOf((await answerOf(response)).result).structuredContent;
      };
      expect(await call()).toMatchObject({ code: "ok" });
      // A folder in the place of the file: nobody can write there, root included.
      rmSync(file);
      mkdirSync(file);
      expect(await call()).toMatchObject({ code: "audit_unavailable", outcome: "unavailable" });
      expect((await fetch(`${server.base}/readyz`)).status).toBe(503);
      rmSync(file, { recursive: true });
      expect(await call()).toMatchObject({ code: "ok" });
      expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});
