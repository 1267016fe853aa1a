// How calls end that policy was not asked about, or that it allows and that start nothing all the same.
import { describe, expect, it } from "vitest";
import { obligations, refused, scripted } from "./refused.ts";
import { clock, never, openGate, type Replace, toCall } from "./setup.ts";

describe("a call that ends before policy is asked", () => {
  it("is unknown_tool when there is no such tool", async () => {
    const { outcome, records, heard, ports } = await refused("kubectl_exec", {});
    expect(outcome).toEqual({
      callId: "call-1",
      outcome: "invalid",
      code: "unknown_tool",
      steps: [],
      durationMs: expect.any(Number),
      decision: { effect: "deny", rules: [], policyRevision: ports.policy.revision },
      reasons: [
        { rule: "server/unknown-tool", message: 'There is no tool named "kubectl_exec".', token: "kubectl_exec" },
      ],
    });
    expect(records).toEqual([["decision", "unknown_tool", "deny"]]);
    expect(heard.calls).toEqual([{ tool: "kubectl_exec", knownTool: false }]);
  });

  it("names the tool that was meant, when it differs by capitals or a letter", async () => {
    const { outcome } = await refused("Kubectl_gett", { resource: "pods" });
    expect(outcome).toMatchObject({ code: "unknown_tool", reasons: [{ token: "Kubectl_gett", try: "kubectl_get" }] });
  });

  it("is invalid_arguments with the field and the nearest argument", async () => {
    const { outcome, records } = await refused("kubectl_get", { resource: "pods", namspace: "default" });
    expect(outcome).toMatchObject({
      code: "invalid_arguments",
      outcome: "invalid",
      decision: { effect: "deny", rules: [] },
      reasons: [{ rule: "server/invalid-arguments", token: "namspace", try: "namespace" }],
    });
    expect(records).toEqual([["decision", "invalid_arguments", "deny"]]);
  });

  it("is not_understood with the token, its place and a hint", async () => {
    const { outcome, records } = await refused("cli_tool", { command: "kubectl get pods | grep -f patterns" });
    expect(outcome).toMatchObject({
      code: "not_understood",
      outcome: "denied",
      steps: [],
      decision: { effect: "deny", rules: [] },
      reasons: [
        {
          rule: "server/not-understood",
          token: "-f",
          position: { stage: 1, index: 1 },
          try: "put it behind a pipe",
        },
      ],
    });
    expect(records).toEqual([["decision", "not_understood", "deny"]]);
  });
});

describe("an allowed call that starts nothing", () => {
  it("is approval_required where site data protects the namespace, with a request that is recorded", async () => {
    const { gate, records, starts } = openGate({ site: { namespaces: ["default", "kube-system"] } });
    const own = { resource: "deploy", name: "web", namespace: "kube-system", reason: "it hangs" };
    const outcome = await gate.call(toCall("kubectl_rollout_restart", own), never());
    expect(outcome).toMatchObject({
      code: "approval_required",
      outcome: "approval_required",
      approval: {
        approverRoles: ["approver"],
        expiresAtMs: clock.now() + 900_000,
        request: expect.stringMatching(/^eyJ/),
        summary: expect.stringContaining("kubectl rollout restart"),
      },
      decision: { effect: "allow", rules: ["kubectl/restart"] },
      reasons: [{ rule: "server/approval-required" }],
    });
    expect(starts().map(({ argv }) => argv[0])).toEqual(["get", "auth"]);
    const [first, ...looks] = records();
    expect(first).toMatchObject({ kind: "decision", code: "ok", effect: "allow" });
    expect(looks.slice(-2)).toMatchObject([{ kind: "approval" }, { kind: "outcome", code: "approval_required" }]);
  });

  it("is approval_required for a read when policy obliges it to be", async () => {
    const approval = { roles: ["admin"], expires_s: 60 };
    const allow = { effect: "allow", rules: ["test/yes"], obligations: { ...obligations, approval } };
    const { outcome } = await refused("cli_tool", { command: "kubectl get pods" }, scripted({ cli_tool: allow }));
    expect(outcome).toMatchObject({ code: "approval_required", approval: { approverRoles: ["admin"] } });
  });

  it("is binary_unavailable with the reason, and says so in the audit", async () => {
    const { outcome, records } = await refused("cli_tool", { command: "kubectl get pods | jq ." });
    expect(outcome).toMatchObject({
      code: "binary_unavailable",
      outcome: "unavailable",
      decision: { effect: "allow" },
      reasons: [{ rule: "server/binary-unavailable", message: expect.stringMatching(/^jq is not available: /) }],
    });
    expect(records.at(-1)).toEqual(["outcome", "binary_unavailable", undefined]);
  });

  it.each([
    ["a change", "kubectl_scale", { resource: "deploy", name: "web", replicas: 3 }],
    [
      "a batch",
      "run_batch",
      { steps: [{ tool_name: "kubectl_scale", arguments: { resource: "deploy", name: "web", replicas: 3 } }] },
    ],
    [
      "a look ahead",
      "preflight",
      { tool_name: "kubectl_scale", arguments: { resource: "deploy", name: "web", replicas: 3 } },
    ],
  ])(
    "is binary_unavailable for %s that a person would be asked for: nobody is, and nothing is looked at",
    async (_what, tool, given) => {
      const gone: Replace = ({ execution }) => ({
        execution: { ...execution, availability: () => ({ available: false, reason: "not found" }) },
      });
      const { outcome, records } = await refused(tool, given, { replace: gone });
      expect(outcome).toMatchObject({
        code: "binary_unavailable",
        reasons: [{ message: "kubectl is not available: not found" }],
      });
      expect(outcome.approval).toBeUndefined();
      expect(records.filter(([kind]) => kind === "approval")).toEqual([]);
      expect(records.at(-1)).toEqual(["outcome", "binary_unavailable", undefined]);
    },
  );
});
