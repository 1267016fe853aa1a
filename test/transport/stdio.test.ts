// The stdio door before a fake gate, over streams in this process: lines, bounds, cancels and the end.
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { httpErrors } from "../../src/errors.ts";
import { createMcpFactory } from "../../src/mcp/server.ts";
import { createLineSplitter } from "../../src/transport/lines.ts";
import { createStdioDoor, type StdioDoorLimits } from "../../src/transport/stdio.ts";
import { eventually } from "../helpers/door.ts";
import { createFakeGate, fakeIds, fakeTools } from "../helpers/fake-gate.ts";
import type { Answer } from "../helpers/sockets.ts";

const initialize = {
  jsonrpc: "2.0",
  id: "init",
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};
const callOf = (id: string | number, name: string, own: object = {}) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: own },
});
const errorOf = (code: keyof typeof httpErrors, id: unknown = null) => ({
  jsonrpc: "2.0",
  id,
  error: { code: httpErrors[code].rpc, message: httpErrors[code].message },
});

interface Settings {
  readonly limits?: Partial<StdioDoorLimits>;
  readonly write?: (text: string) => Promise<void>;
  readonly roles?: readonly ("viewer" | "admin")[];
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function openDoor({ limits, write, roles = ["viewer"] }: Settings = {}) {
  const gate = createFakeGate();
  const input = new PassThrough();
  const lines: string[] = [];
  const door = createStdioDoor({
    input,
    write: write ?? (async (text) => void lines.push(text)),
    factory: createMcpFactory({
      gate,
      tools: fakeTools,
      serverInfo: { name: "ai-sre", version: "0" },
      instructions: "",
      ids: fakeIds,
    }),
    roles: () => roles,
    maxLineBytes: 4096,
    ...(limits === undefined ? {} : { limits }),
  });
  const { ended } = await door.listen();
  const state = { hasEnded: false };
  void ended.then(() => (state.hasEnded = true));
  open.push(() => door.drain(0));
  const answers = (): readonly Answer[] => lines.map((line): Answer => JSON.parse(line));
  return {
    gate,
    door,
    input,
    ended,
    state,
    lines,
    answers,
    say: (...messages: readonly object[]) => {
      for (const message of messages) input.write(`${JSON.stringify(message)}\n`);
    },
    answerTo: async (id: unknown): Promise<Answer> => {
      await eventually(() => answers().some((answer) => answer.id === id), `an answer to ${String(id)}`);
      return answers().find((answer) => answer.id === id) ?? {};
    },
  };
}

describe("the stdio door", () => {
  it("serves one client, principal local with the role of callers without keys", async () => {
    const { say, answerTo, gate, lines } = await openDoor();
    say(initialize, callOf(1, "echo", { mark: "é 𝄞 \u2028" }));
    expect(await answerTo(1)).toMatchObject({ result: { isError: false } });
    expect(gate.seen[0]?.call).toMatchObject({
      principal: { id: "local", roles: ["viewer"], authenticatedBy: "local" },
      transport: "stdio",
      arguments: { mark: "é 𝄞 \u2028" },
    });
    expect(lines.every((line) => line.indexOf("\n") === line.length - 1)).toBe(true);
  });

  it("lists the tools of that role", async () => {
    for (const [roles, hidden] of [
      [["viewer"], false],
      [["admin"], true],
    ] as const) {
      const { say, answerTo } = await openDoor({ roles });
      say(initialize, { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
      expect(JSON.stringify(await answerTo(1)).includes('"hidden"')).toBe(hidden);
    }
  });

  it("answers what is no message, and goes on serving", async () => {
    const { say, input, answers, answerTo } = await openDoor();
    say(initialize);
    input.write('{nope\n[]\n\n \r\n[{"jsonrpc":"2.0","id":1,"method":"ping"}]\n{"jsonrpc":"2.0","id":7}\n\xff\n');
    say(callOf(8, "echo"));
    await answerTo(8);
    expect(answers().filter(({ error }) => error !== undefined)).toEqual([
      errorOf("parse_error"),
      errorOf("batch_refused"),
      errorOf("batch_refused"),
      errorOf("invalid_request", 7),
      errorOf("parse_error"),
    ]);
  });

  it("refuses a line that is too long, once, and reads the next one", async () => {
    const { say, input, answers, answerTo } = await openDoor();
    say(initialize);
    for (let part = 0; part < 50; part += 1) input.write("x".repeat(1000));
    input.write("\n");
    say(callOf(1, "echo", { mark: "after" }));
    await answerTo(1);
    expect(answers().filter(({ error }) => error !== undefined)).toEqual([errorOf("body_too_large")]);
  });

  it("reads messages however they are cut, and the last one without a line feed", async () => {
    const { input, answerTo } = await openDoor();
    const bytes = Buffer.from(`${JSON.stringify(initialize)}\n${JSON.stringify(callOf(1, "echo", { mark: "é" }))}`);
    for (const byte of bytes) input.write(Buffer.of(byte));
    input.end();
    expect(await answerTo(1)).toMatchObject({ result: { isError: false } });
  });

  it("aborts a call that the client cancels, and leaves it unanswered", async () => {
    const { say, gate, answers, answerTo } = await openDoor();
    say(initialize, callOf(1, "slow", { mark: "a" }));
    await eventually(() => gate.marked("a").length === 1, "it runs");
    say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1, reason: "enough" } });
    await eventually(() => gate.marked("a")[0]?.ended === "aborted", "it is aborted");
    say(callOf(2, "echo"));
    await answerTo(2);
    expect(answers().some(({ id }) => id === 1)).toBe(false);
  });
});

describe("the end of the input", () => {
  it("ends the door when what was asked is answered", async () => {
    const { say, input, ended, answers } = await openDoor();
    say(initialize, callOf(1, "slow", { ms: 150 }), callOf(2, "echo"));
    input.end();
    await ended;
    expect(answers().map(({ id }) => id)).toEqual(expect.arrayContaining(["init", 1, 2]));
  });

  it("does not wait for a cancelled call, nor for ever", async () => {
    const cancelled = await openDoor();
    cancelled.say(initialize, callOf(1, "slow", { mark: "a" }));
    await eventually(() => cancelled.gate.marked("a").length === 1, "it runs");
    cancelled.say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    cancelled.input.end();
    await cancelled.ended;
    expect(cancelled.gate.marked("a")[0]?.ended).toBe("aborted");

    const patient = await openDoor({ limits: { afterEndMs: 50 } });
    patient.say(initialize, callOf(1, "slow", { mark: "b" }));
    patient.input.end();
    await patient.ended;
    expect(patient.gate.marked("b")[0]?.ended).toBeUndefined();
    await patient.door.drain(0);
    expect(patient.gate.marked("b")[0]?.ended).toBe("aborted");
    expect(patient.answers().find(({ id }) => id === 1)).toMatchObject({ result: { isError: true } });
  });
});

describe("drain", () => {
  it("lets a running call end and be answered, and aborts those that come after", async () => {
    const { say, door, gate, answers } = await openDoor();
    say(initialize, callOf(1, "slow", { mark: "a", ms: 300 }));
    await eventually(() => gate.marked("a").length === 1, "it runs");
    const drained = door.drain(5000);
    say(callOf(2, "slow", { mark: "b" }));
    await drained;
    expect(gate.marked("a")[0]?.ended).toBe("answered");
    expect(gate.marked("b")[0]?.ended).toBe("aborted");
    expect(answers().map(({ id }) => id)).toContain(1);
  });
});

describe("a client that does not read", () => {
  it("is left when too much waits, and its calls are aborted", async () => {
    const never = new Promise<void>(() => {});
    const { say, gate, ended } = await openDoor({ write: () => never, limits: { maxBufferedBytes: 20_000 } });
    say(initialize, callOf("s", "slow", { mark: "a" }));
    await eventually(() => gate.marked("a").length === 1, "it runs");
    for (let id = 0; id < 40; id += 1) say(callOf(id, "echo", { mark: "x".repeat(1000) }));
    await ended;
    await eventually(() => gate.marked("a")[0]?.ended !== undefined, "it has ended");
    expect(gate.marked("a")[0]?.ended).toBe("aborted");
  });

  it("or is gone, is noticed at the first answer", async () => {
    const { say, ended, state } = await openDoor({ write: () => Promise.reject(new Error("EPIPE")) });
    expect(state.hasEnded).toBe(false);
    say(initialize);
    await ended;
    expect(state.hasEnded).toBe(true);
  });
});

describe("lines", () => {
  it("are the same however the bytes are cut, and long ones are reported once", () => {
    const bytes = Buffer.from(`a\n\n${"b".repeat(10)}\n${"c".repeat(11)}\nd`);
    for (let size = 1; size <= bytes.length; size += 1) {
      const heard: string[] = [];
      const lines = createLineSplitter(10, {
        onLine: (line) => heard.push(Buffer.from(line).toString()),
        onTooLong: () => heard.push("too long"),
      });
      for (let at = 0; at < bytes.length; at += size) lines.push(bytes.subarray(at, at + size));
      lines.end();
      expect(heard).toEqual(["a", "", "b".repeat(10), "too long", "d"]);
    }
  });
});
