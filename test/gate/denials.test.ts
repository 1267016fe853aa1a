// How calls end that policy ends: denied by a rule, or because policy could not answer.
import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/domain/decision.ts";
import { changedInSecondStage, obligations, refused, scripted } from "./refused.ts";

describe("a call that policy ends", () => {
  it("is denied with the rule, the token in the rendered argv and what is allowed instead", async () => {
    const { outcome, records } = await refused("kubectl_get", { resource: "secrets" });
    expect(outcome).toMatchObject({
      code: "denied",
      outcome: "denied",
      decision: { effect: "deny", rules: ["kubectl/no-secrets"] },
      steps: [{ stages: [{ argv: ["kubectl", "get", "--namespace=default", "--request-timeout=30s", "secrets"] }] }],
      reasons: [
        { rule: "kubectl/no-secrets", token: "secrets", position: { stage: 0, index: 4 }, try: expect.any(String) },
      ],
    });
    expect(records).toEqual([["decision", "denied", "deny"]]);
  });

  it("is denied whole when one stage is, although every stage is judged", async () => {
    const { outcome, records, heard } = await refused("cli_tool", { command: "kubectl get secrets | grep x | sort" });
    expect(outcome).toMatchObject({ code: "denied", decision: { rules: ["kubectl/no-secrets"] } });
    expect(heard.decided.map(({ decision }) => decision.effect)).toEqual(["deny", "allow", "allow"]);
    expect(records).toEqual([
      ["decision", "denied", "deny"],
      ["decision", "ok", "allow"],
      ["decision", "ok", "allow"],
    ]);
  });

  it.each([
    ["gives no answer", {}],
    ["answers with another effect", { cli_tool: { effect: "maybe" } }],
    ["allows without obligations", { cli_tool: { effect: "allow", rules: ["test/yes"] } }],
    [
      "asks for an obligation that nobody knows",
      { cli_tool: { effect: "allow", rules: ["test/yes"], obligations: { ...obligations, witnesses: 2 } } },
    ],
  ])("is policy_unavailable when policy %s", async (_case, answers) => {
    const { outcome, records } = await refused("cli_tool", { command: "kubectl get pods" }, scripted(answers));
    expect(outcome).toMatchObject({
      code: "policy_unavailable",
      outcome: "denied",
      decision: { effect: "deny", rules: [] },
      reasons: [{ rule: "server/policy-unavailable", message: expect.stringContaining("nothing ran") }],
    });
    expect(records).toEqual([["decision", "policy_unavailable", "deny"]]);
  });

  it("is policy_unavailable when policy fails for one stage only", async () => {
    const reasons = [{ rule: "server/policy-unavailable", message: "no" }];
    const fault: Evaluation = { decision: { effect: "deny", reasons }, fault: "throw", startedAtMs: 0, durationMs: 0 };
    const replace = changedInSecondStage(() => fault);
    const { outcome, records } = await refused("cli_tool", { command: "kubectl get pods | sort" }, { replace });
    expect(outcome.code).toBe("policy_unavailable");
    expect(records).toEqual([
      ["decision", "ok", "allow"],
      ["decision", "policy_unavailable", "deny"],
    ]);
  });

  it("is recorded as denied when the stages' obligations do not hold together", async () => {
    const replace = changedInSecondStage((evaluation) => {
      if (evaluation.decision.effect === "deny") return evaluation;
      const strict = { ...evaluation.decision.obligations, sandbox: "git" as const };
      return { ...evaluation, decision: { ...evaluation.decision, obligations: strict } };
    });
    const { outcome, records } = await refused("cli_tool", { command: "kubectl get pods | sort" }, { replace });
    expect(outcome).toMatchObject({ code: "denied", reasons: [{ rule: "server/denied" }], decision: { rules: [] } });
    expect(records).toEqual([
      ["decision", "ok", "allow"],
      ["decision", "ok", "allow"],
      ["decision", "denied", "deny"],
    ]);
  });
});
