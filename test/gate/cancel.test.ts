// Callers that go away, and calls that have to wait: a read ends at once, a change runs to its end, nothing starts late.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { never, openGate, toCall } from "./setup.ts";

describe("a cancel", () => {
  it("ends a read that runs", async () => {
    const { gate, starts, records } = openGate();
    const controller = new AbortController();
    const call = gate.call(toCall("kubectl_logs", { name: "sleep" }), controller.signal);
    await vi.waitFor(() => expect(starts()).toHaveLength(1), { timeout: 20_000, interval: 10 });
    controller.abort();
    expect(await call).toMatchObject({ code: "cancelled", outcome: "cancelled" });
    expect(records().map(({ kind, code }) => [kind, code])).toEqual([
      ["decision", "ok"],
      ["intent", undefined],
      ["outcome", "cancelled"],
    ]);
  });

  it("does not end a change that has started", async () => {
    const { gate, starts, folder } = openGate();
    const controller = new AbortController();
    const change = toCall("kubectl_rollout_restart", { resource: "deploy", name: "until-released" });
    const call = gate.call(change, controller.signal);
    await vi.waitFor(() => expect(starts()).toHaveLength(1), { timeout: 20_000, interval: 10 });
    controller.abort();
    writeFileSync(path.join(folder, "release"), "");
    expect(await call).toMatchObject({ code: "ok", steps: [{ stages: [{ exitCode: 0 }] }] });
  });

  it("of a caller that was gone before the call began starts nothing", async () => {
    const { gate, starts, records } = openGate();
    const outcome = await gate.call(toCall("kubectl_get", { resource: "pods" }), AbortSignal.abort());
    expect(outcome).toMatchObject({
      code: "cancelled",
      reasons: [{ rule: "server/cancelled", message: expect.stringContaining("before anything ran") }],
    });
    expect(starts()).toEqual([]);
    expect(records().map(({ kind, code }) => [kind, code])).toEqual([
      ["decision", "ok"],
      ["outcome", "cancelled"],
    ]);
  });

  it("that comes while the intent is written starts nothing and leaves one outcome", async () => {
    const { gate, starts, records, heard } = openGate();
    const controller = new AbortController();
    const call = gate.call(toCall("kubectl_get", { resource: "pods" }), controller.signal);
    controller.abort();
    expect((await call).code).toBe("cancelled");
    expect(starts()).toEqual([]);
    expect(heard.executed).toEqual([]);
    expect(records().map(({ kind, code, step_index }) => [kind, code, step_index])).toEqual([
      ["decision", "ok", 0],
      ["intent", undefined, 0],
      ["outcome", "cancelled", 0],
    ]);
    expect(records()[2]?.["details"]).toMatchObject({ stages: [], stdout_bytes: 0, stderr_bytes: 0 });
  });
});

describe("slots", () => {
  it("let one call wait, answer the next one busy at once, and forget a waiting one that is cancelled", async () => {
    const { gate, starts, records } = openGate({ slots: { maxConcurrency: 1, maxQueue: 1 } });
    const [first, second] = [new AbortController(), new AbortController()];
    const ask = (callId: string, signal: AbortSignal) =>
      gate.call(toCall("kubectl_logs", { name: "sleep", fresh: true }, { callId }), signal);
    const running = ask("running", first.signal);
    const waiting = ask("waiting", second.signal);
    const ended: string[] = [];
    for (const call of [running, waiting]) void call.then(({ callId }) => ended.push(callId));

    expect(await ask("refused", never())).toMatchObject({
      code: "busy",
      outcome: "busy",
      retryAfterMs: expect.any(Number),
      reasons: [{ rule: "server/busy" }],
    });
    expect(await ask("gone", AbortSignal.abort())).toMatchObject({ code: "cancelled" });
    expect(ended).toEqual([]);

    second.abort();
    expect(await waiting).toMatchObject({ code: "cancelled", reasons: [{ rule: "server/cancelled" }] });
    await vi.waitFor(() => expect(starts()).toHaveLength(1), { timeout: 20_000, interval: 10 });
    first.abort();
    expect((await running).code).toBe("cancelled");
    expect(starts()).toHaveLength(1);
    expect(
      records()
        .filter(({ kind }) => kind === "intent")
        .map(({ call_id }) => call_id),
    ).toEqual(["running"]);
    expect(
      new Set(
        records()
          .filter(({ kind }) => kind === "outcome")
          .map(({ call_id }) => call_id),
      ),
    ).toEqual(new Set(["running", "waiting", "refused", "gone"]));
  });
});
