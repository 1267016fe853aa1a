// Calls whose client cancels, leaves or gives up, with every client and over both doors.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientKind, clientKinds } from "../helpers/clients.ts";
import { type Door, eventually, keys, mcpHeaders, startDoor } from "../helpers/door.ts";
import { openSocket } from "../helpers/sockets.ts";

const n8n = "SDK 1.26 as n8n embeds it, over HTTP, 2025-11-25";

describe("a call that nobody waits for any more", () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor();
  });
  afterAll(() => door.close());
  let marks = 0;
  const nextMark = (): string => `mark-${(marks += 1)}`;
  const running = (mark: string) => eventually(() => door.gate.marked(mark).length === 1, `${mark} started`);
  const aborted = (mark: string) => eventually(() => door.gate.marked(mark)[0]?.ended === "aborted", `${mark} aborted`);

  it.each(clientKinds)("is aborted when the client cancels it: $name", async ({ connect }) => {
    const client = await connect(door);
    const mark = nextMark();
    const cancel = new AbortController();
    const call = client.call("slow", { mark }, { signal: cancel.signal });
    await running(mark);
    cancel.abort();
    await expect(call).rejects.toThrow(/abort/i);
    await aborted(mark);
    expect((await client.call("echo", { mark: "after" })).isError).toBe(false);
    await client.close();
  });

  it.each(clientKinds)("is aborted when the client goes away: $name", async ({ connect }) => {
    const client = await connect(door);
    const mark = nextMark();
    const call = client.call("slow", { mark }).catch(() => "gone");
    await running(mark);
    await client.close();
    await aborted(mark);
    await call;
    expect(door.gate.marked(mark)[0]?.signal.aborted).toBe(true);
  });

  it("is aborted by a time-out of n8n's client, which leaves its connection open", async () => {
    const client = await clientKind(n8n).connect(door);
    expect(client.sessionId).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
    const mark = nextMark();
    await expect(client.call("slow", { mark }, { timeout: 200 })).rejects.toThrow(/timed out/i);
    await aborted(mark);
    await client.close();
  });

  it("is aborted when an HTTP connection is cut in the middle, in both eras", async () => {
    for (const name of ["v2 client over HTTP, 2025-11-25", "v2 client over HTTP, 2026-07-28"]) {
      const client = await clientKind(name).connect(door);
      const mark = nextMark();
      const call = client.call("slow", { mark }).catch(() => "gone");
      await running(mark);
      await client.close();
      await aborted(mark);
      await call;
      expect(door.gate.marked(mark)[0]?.signal.aborted).toBe(true);
    }
  });

  it("takes every call of a dropped WebSocket with it, even two of one id", async () => {
    const client = await openSocket(door.wsUrl, ["mcp"], { authorization: `Bearer ${keys.operator}` });
    const mark = nextMark();
    for (const id of [1, 1, "1"]) {
      client.socket.send(
        JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "slow", arguments: { mark } } }),
      );
    }
    await eventually(() => door.gate.marked(mark).length === 3, "three calls");
    client.socket.terminate();
    await eventually(() => door.gate.marked(mark).every(({ ended }) => ended === "aborted"), "all aborted");
    expect(door.gate.marked(mark).map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
  });
});

describe("a signed session id", () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor();
  });
  afterAll(() => door.close());

  const send = (key: string, sessionId: string | undefined, message: object) =>
    fetch(door.url, {
      method: "POST",
      headers: mcpHeaders(key, sessionId === undefined ? {} : { "mcp-session-id": sessionId }),
      body: JSON.stringify({ jsonrpc: "2.0", ...message }),
    });
  const initialize = {
    id: 0,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
  };
  const sessionOf = async (key: string): Promise<string> => {
    const response = await send(key, undefined, initialize);
    await response.text();
    return response.headers.get("mcp-session-id") ?? "";
  };
  const slow = (id: string | number, mark: string) => ({
    id,
    method: "tools/call",
    params: { name: "slow", arguments: { mark, ms: 1500 } },
  });
  const cancel = (requestId: unknown) => ({ method: "notifications/cancelled", params: { requestId } });

  it("is refused when forged, cut, another principal's or of another server", async () => {
    const mine = await sessionOf(keys.operator);
    const other = await startDoor();
    const theirs = await fetch(other.url, {
      method: "POST",
      headers: mcpHeaders(keys.operator),
      body: JSON.stringify({ jsonrpc: "2.0", ...initialize }),
    });
    const foreign = [
      await sessionOf(keys.admin),
      mine.slice(0, -1),
      `${mine}x`,
      "aaaa.bbbb",
      "",
      theirs.headers.get("mcp-session-id") ?? "none",
    ];
    const before = door.failures.length;
    for (const sessionId of foreign.filter((id) => id !== "")) {
      const response = await send(keys.operator, sessionId, { id: 7, method: "tools/list" });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ id: 7, error: { code: -32001 } });
    }
    expect(door.failures.slice(before)).toEqual(Array.from({ length: 5 }, () => "session"));
    await other.close();
  });

  it("cancels only the call of the same session and the same type of id", async () => {
    const [mine, second, admins] = [
      await sessionOf(keys.operator),
      await sessionOf(keys.operator),
      await sessionOf(keys.admin),
    ];
    const call = send(keys.operator, mine, slow(1, "kept"));
    await eventually(() => door.gate.marked("kept").length === 1, "started");
    const answers = [
      await send(keys.operator, mine, cancel("1")),
      await send(keys.operator, second, cancel(1)),
      await send(keys.admin, admins, cancel(1)),
      await send(keys.admin, mine, cancel(1)),
      await send(keys.operator, mine, cancel({ toString: "1" })),
      await send(keys.operator, undefined, cancel(1)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 404, 202, 202]);
    expect(await (await call).text()).toContain('"outcome":"succeeded"');
    expect(door.gate.marked("kept")[0]?.ended).toBe("answered");
  });

  it("lets a cancel of the very call through", async () => {
    const mine = await sessionOf(keys.operator);
    const call = send(keys.operator, mine, slow("a", "stopped")).then((response) => response.text());
    await eventually(() => door.gate.marked("stopped").length === 1, "started");
    expect((await send(keys.operator, mine, cancel("a"))).status).toBe(202);
    await eventually(() => door.gate.marked("stopped")[0]?.ended === "aborted", "aborted");
    expect(await call).not.toContain("outcome");
  });
});
