// Rung 6 in the whole ladder: what a principal may start in a time, what counts as started, and whose limit holds.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Bounds } from "../../src/domain/bounds.ts";
import { openGate, never, toCall, type GateOptions } from "./setup.ts";

const restart = (callId: string, more: Readonly<Record<string, unknown>> = {}) =>
  toCall("kubectl_rollout_restart", { resource: "deploy", name: "web", ...more }, { callId });
const getPods = (callId: string, more: Readonly<Record<string, unknown>> = {}) =>
  toCall("kubectl_get", { resource: "pods", ...more }, { callId });

const limited = {
  code: "rate_limited",
  outcome: "busy",
  retryAfterMs: expect.any(Number),
  reasons: [{ rule: "server/rate-limited" }],
};

describe("the rate limit", () => {
  const site = { rate_limit: { per_principal: "1/1h", burst: 1 } };

  it("answers rate_limited, starts nothing, and is recorded", async () => {
    const { gate, starts, records } = openGate({ site });
    expect((await gate.call(getPods("first"), never())).code).toBe("ok");
    expect(await gate.call(getPods("second", { fresh: true }), never())).toMatchObject(limited);
    expect(starts()).toHaveLength(1);
    const second = records().filter(({ call_id }) => call_id === "second");
    expect(second.map(({ kind, code }) => [kind, code])).toEqual([
      ["decision", "ok"],
      ["outcome", "rate_limited"],
    ]);
    expect(second[1]?.["details"]).toMatchObject({ started: false });
  });

  it("does not count what is denied, nor what starts no process", async () => {
    const { gate } = openGate({ site });
    await gate.call(toCall("cli_tool", { command: "kubectl get secrets" }), never());
    await gate.call(toCall("health_check"), never());
    await gate.call(restart("dry", { dry_run: true }), never());
    await gate.call(getPods("gone"), AbortSignal.abort());
    expect((await gate.call(getPods("first"), never())).code).toBe("ok");
  });
});

describe("the change budget", () => {
  const site = { change_budget: { per_principal: "1/1h", per_namespace: "9/1h" } };

  it("holds changes back and lets reads through", async () => {
    const { gate, starts } = openGate({ site });
    expect((await gate.call(restart("first"), never())).code).toBe("ok");
    expect(await gate.call(restart("second"), never())).toMatchObject(limited);
    expect((await gate.call(getPods("read"), never())).code).toBe("ok");
    expect(starts()).toHaveLength(2);
  });

  it("is one namespace's as well, whoever asks", async () => {
    const { gate } = openGate({ site: { change_budget: { per_namespace: "1/1h" } } });
    const other = {
      ...restart("second"),
      principal: { id: "other", roles: ["operator"], authenticatedBy: "bearer" },
    } as const;
    expect((await gate.call(restart("first"), never())).code).toBe("ok");
    expect(await gate.call(other, never())).toMatchObject(limited);
  });

  it("is not spent by a change that was busy", async () => {
    const { gate, folder, starts } = openGate({ site, slots: { maxConcurrency: 1, maxQueue: 0 } });
    const running = gate.call(toCall("kubectl_logs", { name: "until-released" }), never());
    await vi.waitFor(() => expect(starts()).toHaveLength(1), { timeout: 20_000, interval: 10 });
    expect((await gate.call(restart("refused"), never())).code).toBe("busy");
    writeFileSync(path.join(folder, "release"), "");
    await running;
    expect((await gate.call(restart("again"), never())).code).toBe("ok");
  });

  it("is not spent by a change whose intent could not be recorded", async () => {
    let isFull = true;
    const replace: GateOptions["replace"] = ({ audit, execution }) => ({
      audit: {
        ...audit,
        append: async (event) => {
          const { AuditUnavailable } = await import("../../src/errors.ts");
          if (isFull && event.kind === "intent") throw new AuditUnavailable("full");
          return audit.append(event);
        },
      },
      execution,
    });
    const { gate } = openGate({ site, replace });
    expect((await gate.call(restart("lost"), never())).code).toBe("audit_unavailable");
    isFull = false;
    expect((await gate.call(restart("kept"), never())).code).toBe("ok");
  });
});

describe("the bounds of a step", () => {
  /** What the execution is told. */
  async function boundsOf(raw: Readonly<Record<string, unknown>>, site: GateOptions["site"] = {}) {
    const told: (Partial<Bounds> & { readonly step: number })[] = [];
    const { gate } = openGate({
      site,
      replace: ({ execution }) => ({
        execution: {
          ...execution,
          run: (request) => {
            const { redact: _profiles, cacheTtlMs: _age, ...bounds } = request.obligations;
            told.push({ ...bounds, step: request.timeoutMs });
            return execution.run(request);
          },
        },
      }),
    });
    await gate.call(toCall("cli_tool", raw), never());
    return told[0];
  }

  it("are the site's, and one number each", async () => {
    expect(await boundsOf({ command: "kubectl get pods" })).toEqual({
      timeoutMs: 30_000,
      step: 30_000,
      cpuMs: 30_000,
      maxOutputBytes: 262_144,
      maxOutputLines: 10_000,
      maxLineBytes: 131_072,
      tempBytes: 67_108_864,
      maxProcesses: 64,
    });
  });

  it("are tighter when the caller says so, and never looser", async () => {
    expect((await boundsOf({ command: "kubectl get pods", timeout_seconds: 2 }))?.step).toBe(2000);
    const site = { limits: { timeout_ms: 5000 } };
    expect((await boundsOf({ command: "kubectl get pods", timeout_seconds: 55 }, site))?.step).toBe(5000);
  });
});
