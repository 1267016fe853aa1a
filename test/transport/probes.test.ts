// Health, probes and metrics: open, without secrets, and more for those with a key.
import { afterEach, describe, expect, it } from "vitest";
import { type Door, keys, startDoor } from "../helpers/door.ts";

describe("health, probes and metrics", () => {
  let door: Door;
  afterEach(() => door.close());

  it("answer any Host and need no key", async () => {
    door = await startDoor();
    for (const path of ["/livez", "/readyz", "/health", "/metrics"]) {
      const response = await fetch(door.base + path, { headers: { host: "10.1.2.3:8080" } });
      expect(response.status, path).toBe(200);
    }
  });

  it("tell the status to everybody and the details to those with a key", async () => {
    door = await startDoor();
    const open = await fetch(`${door.base}/health`);
    expect(await open.json()).toEqual({ status: "ok" });
    const known = await fetch(`${door.base}/health`, { headers: { authorization: `Bearer ${keys.operator}` } });
    expect(await known.json()).toEqual({ status: "ok", version: "1.2.3" });
    const wrong = await fetch(`${door.base}/health`, { headers: { authorization: "Bearer guess" } });
    expect(await wrong.json()).toEqual({ status: "ok" });
    expect(door.failures).toEqual(["wrong"]);
  });

  it("tell no details where nobody has a key", async () => {
    door = await startDoor({ open: true });
    const response = await fetch(`${door.base}/health`, { headers: { authorization: "Bearer anything" } });
    expect(await response.json()).toEqual({ status: "ok" });
  });

  it("keep serving when degraded, and stop being ready when not", async () => {
    door = await startDoor();
    door.health = { status: "degraded", ready: true, details: {} };
    expect((await fetch(`${door.base}/health`)).status).toBe(200);
    door.health = { status: "not_ready", ready: false, details: {} };
    expect((await fetch(`${door.base}/health`)).status).toBe(503);
    expect((await fetch(`${door.base}/readyz`)).status).toBe(503);
    expect((await fetch(`${door.base}/livez`)).status).toBe(200);
  });

  it("move the metrics to their own port when there is one", async () => {
    door = await startDoor({ config: { metricsPort: 0 } });
    expect((await fetch(`${door.base}/metrics`)).status).toBe(404);
    const own = await fetch(`http://127.0.0.1:${door.metricsPort}/metrics`);
    expect(own.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await own.text()).toBe("# TYPE x counter\nx 1\n");
    expect((await fetch(`http://127.0.0.1:${door.metricsPort}/health`)).status).toBe(404);
  });
});
