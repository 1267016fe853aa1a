// Calls that the server answers itself: dry runs of verbs that have none of their own, and questions about its health.
import { describe, expect, it } from "vitest";
import { hasTextTools, never, openGate, toCall } from "./setup.ts";

describe("a dry run", () => {
  it("of a restart is judged, recorded and answered, and starts nothing", async () => {
    const { gate, starts, records } = openGate();
    const raw = { resource: "deploy", name: "web", dry_run: true };
    const outcome = await gate.call(toCall("kubectl_rollout_restart", raw), never());
    const argv = [
      "kubectl",
      "rollout",
      "restart",
      "--namespace=default",
      "--request-timeout=30s",
      "--field-manager=ai-sre",
      "deployments.apps",
      "web",
    ];
    expect(outcome).toMatchObject({ code: "ok", steps: [{ stages: [{ argv }] }], decision: { effect: "allow" } });
    expect(outcome.stdout).toContain(JSON.stringify(argv));
    expect(outcome.stdout).toContain("nothing was run");
    expect(outcome.steps[0]?.stages[0]).not.toHaveProperty("exitCode");
    expect(starts()).toEqual([]);
    expect(records().map(({ kind, code }) => [kind, code])).toEqual([["decision", "ok"]]);
    expect(records()).toMatchObject([{ input: { call: { dry_run: true } } }]);
  });

  it("of a restart that policy denies is denied", async () => {
    const { gate } = openGate();
    const raw = { resource: "deploy", name: "web", namespace: "payments", dry_run: true };
    const outcome = await gate.call(toCall("kubectl_rollout_restart", raw), never());
    expect(outcome).toMatchObject({ code: "denied", decision: { rules: ["kubectl/namespace"] } });
  });

  it("of a pod's deletion asks the server to change nothing", async () => {
    const { gate, starts } = openGate();
    const outcome = await gate.call(toCall("kubectl_delete_pod", { name: "web-1", dry_run: true }), never());
    expect(outcome.code).toBe("ok");
    expect(starts().map(({ argv }) => argv)).toEqual([
      ["delete", "--namespace=default", "--request-timeout=30s", "--wait=false", "--dry-run=server", "pods", "web-1"],
    ]);
  });

  it("starts nothing in read-only mode either", async () => {
    const { gate, starts } = openGate({ site: { mode: "read_only" } });
    for (const [tool, raw] of [
      ["kubectl_rollout_restart", { resource: "deploy", name: "web", dry_run: true }],
      ["kubectl_delete_pod", { name: "web-1", dry_run: true }],
    ] as const) {
      expect((await gate.call(toCall(tool, raw), never())).decision.rules).toContain("guard/read-only");
    }
    expect(starts()).toEqual([]);
  });
});

describe("health_check", () => {
  it("answers with what the server knows of itself", async () => {
    const { gate, ports } = openGate();
    const outcome = await gate.call(toCall("health_check", {}, { roles: ["approver"] }), never());
    expect(outcome).toMatchObject({ code: "ok", steps: [], decision: { rules: ["server/health"] } });
    expect(JSON.parse(outcome.stdout ?? "")).toMatchObject({
      status: hasTextTools ? "ok" : "degraded",
      ready: true,
      policy_revision: ports.policy.revision,
      audit_writable: true,
      audit_head: { seq: expect.any(Number), mac: expect.stringMatching(/^[0-9a-f]{64}$/) },
      cluster: { reachable: true, server_version: "v1.35.2" },
      tools: { kubectl: { available: true, version: "1.35.2" } },
    });
  });
});
