// What a client of the 2025 era gets for one POST: plain JSON, or an event stream when the call lasts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientKinds } from "../helpers/clients.ts";
import { type Door, eventually, keys, mcpHeaders, startDoor } from "../helpers/door.ts";

const keepAliveMs = 40;
const call = (name: string, given: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ jsonrpc: "2.0", id: "a", method: "tools/call", params: { name, arguments: given } });

describe("the answer to a POST of the 2025 era", () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor({ keepAliveMs });
  });
  afterAll(() => door.close());
  const post = (body: string, signal?: AbortSignal) =>
    fetch(door.url, {
      method: "POST",
      headers: mcpHeaders(keys.operator),
      body,
      ...(signal === undefined ? {} : { signal }),
    });

  it("is one JSON object with its length", async () => {
    const response = await post(call("echo", { mark: "quick" }));
    expect(response.headers.get("content-type")).toBe("application/json");
    const text = await response.text();
    expect(Number(response.headers.get("content-length"))).toBe(Buffer.byteLength(text));
    expect(JSON.parse(text)).toMatchObject({ jsonrpc: "2.0", id: "a", result: { isError: false } });
  });

  it("is an event stream with signs of life when the call lasts", async () => {
    const response = await post(call("slow", { mark: "long", ms: 10 * keepAliveMs }));
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const [event = "", ...comments] = (await response.text()).trimEnd().split("\n\n").toReversed();
    expect(comments.length).toBeGreaterThan(0);
    expect(new Set(comments)).toEqual(new Set([": still at work"]));
    const [type, data] = event.split("\n");
    expect(type).toBe("event: message");
    expect(JSON.parse(data?.replace(/^data: /, "") ?? "")).toMatchObject({ id: "a", result: { isError: false } });
  });

  it.each(clientKinds)("is understood either way: $name", async ({ connect }) => {
    const client = await connect(door);
    for (const [tool, given] of [
      ["echo", { mark: "either" }],
      ["slow", { mark: "either", ms: 4 * keepAliveMs }],
    ] as const) {
      expect((await client.call(tool, given)).isError).toBe(false);
    }
    await client.close();
  });

  it.each(["before", "middle"])("ends the call when the client leaves: %s", async (mark) => {
    const leave = new AbortController();
    const asked = post(call("slow", { mark }), leave.signal);
    // The first sign of life is sent while the call runs.
    await (mark === "middle" ? asked : eventually(() => door.gate.marked(mark).length === 1, "started"));
    leave.abort();
    await asked.then((response) => response.text()).catch(() => "gone");
    await eventually(() => door.gate.marked(mark)[0]?.ended === "aborted", "aborted");
    expect(door.gate.marked(mark)[0]?.signal.aborted).toBe(true);
  });

  it("names the versions that the server speaks to a header that names none of them", async () => {
    const response = await fetch(door.url, {
      method: "POST",
      headers: mcpHeaders(keys.operator, { "mcp-protocol-version": "1999-01-01" }),
      body: call("echo", { mark: "never" }),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("2025-11-25");
    expect(door.gate.marked("never")).toEqual([]);
  });
});
