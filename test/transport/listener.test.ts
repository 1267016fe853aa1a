// Binding and draining with real sockets and every client.
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { StartError } from "../../src/errors.ts";
import { clientKind, clientKinds } from "../helpers/clients.ts";
import { type Door, eventually, keys, mcpHeaders, startDoor } from "../helpers/door.ts";
import { openSocket, refusedUpgrade } from "../helpers/sockets.ts";

describe("binding", () => {
  it("says in one clear error that the port is taken, and leaves nothing open", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, "127.0.0.1", resolve);
    });
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const error = await startDoor({ config: { port } }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({ code: "port_in_use", message: `port ${port} on 127.0.0.1 is taken` });
    const metrics = await startDoor({ config: { metricsPort: port } }).catch((reason: unknown) => reason);
    expect(metrics).toMatchObject({ code: "port_in_use" });
    taken.close();
  });

  it("says so when the address is not ours", async () => {
    await expect(startDoor({ config: { host: "192.0.2.1" } })).rejects.toMatchObject({ code: "invalid_configuration" });
  });
});

describe("draining", () => {
  let door: Door;
  afterEach(() => door.close());

  const call = (id: number, name: string, callArguments: object) =>
    JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: callArguments } });

  it.each(clientKinds)("lets a running call end and be answered: $name", async ({ connect }) => {
    door = await startDoor();
    const client = await connect(door);
    const running = client.call("slow", { mark: "last", ms: 400 });
    await eventually(() => door.gate.marked("last").length === 1, "started");
    const drained = door.listener.drain(5000);
    expect((await running).structuredContent).toMatchObject({ outcome: "succeeded" });
    await drained;
    await expect(fetch(`${door.base}/livez`)).rejects.toThrow("fetch failed");
    await client.close();
  });

  it.each(clientKinds)(
    "aborts what outlasts the grace, and still says what became of it: $name",
    async ({ connect }) => {
      door = await startDoor();
      const client = await connect(door);
      const running = client.call("slow", { mark: "cut", ms: 20_000 });
      await eventually(() => door.gate.marked("cut").length === 1, "started");
      await Promise.all([
        door.listener.drain(50),
        expect(running.then(({ structuredContent }) => structuredContent)).resolves.toMatchObject({
          outcome: "cancelled",
        }),
      ]);
      await client.close();
    },
  );

  it("refuses new work at both doors, is alive and not ready, and says goodbye with 1001", async () => {
    door = await startDoor();
    const bearer = { authorization: `Bearer ${keys.operator}` };
    const socket = await openSocket(door.wsUrl, ["mcp"], bearer);
    const running = socket.ask("tools/call", 1, { name: "slow", arguments: { mark: "held", ms: 800 } });
    await eventually(() => door.gate.marked("held").length === 1, "started");
    const drained = door.listener.drain(5000);
    expect((await fetch(`${door.base}/livez`)).status).toBe(200);
    expect((await fetch(`${door.base}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${door.base}/health`)).json()).toEqual({ status: "not_ready" });
    const refused = await fetch(door.url, {
      method: "POST",
      headers: mcpHeaders(keys.operator),
      body: call(2, "echo", {}),
    });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ id: 2, error: { code: -32000 } });
    expect((await refusedUpgrade(door.wsUrl, ["mcp"], bearer)).status).toBe(503);
    const late = await socket.ask("tools/call", 3, { name: "slow", arguments: { mark: "late" } });
    expect(late.result).toMatchObject({ structuredContent: { outcome: "cancelled" } });
    expect((await running).result).toMatchObject({ structuredContent: { outcome: "succeeded" } });
    expect(await socket.closed).toBe(1001);
    await drained;
  });

  it("waits for a call whose client has gone", async () => {
    door = await startDoor();
    const client = await clientKind("SDK 1.32.2 over WebSocket, 2025-11-25").connect(door);
    const lost = client.call("slow", { mark: "orphan" }).catch(() => undefined);
    await eventually(() => door.gate.marked("orphan").length === 1, "started");
    await client.close();
    await door.listener.drain(2000);
    expect(door.gate.marked("orphan")[0]?.ended).toBe("aborted");
    await lost;
  });
});
