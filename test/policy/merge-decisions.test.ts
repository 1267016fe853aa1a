// One decision over a plan: the strictest of every part.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decision, Obligations, PlanDecision } from "../../src/domain/decision.ts";
import { mergeDecisions, type StageDecision } from "../../src/domain/merge-decisions.ts";

const obligations: Obligations = { timeoutMs: 1000, maxOutputBytes: 100, redact: ["credentials"], sandbox: "text" };
const allow = (over: Partial<Obligations> = {}, ...rules: readonly string[]): Decision => ({
  effect: "allow",
  rules: rules.length === 0 ? ["a/rule"] : rules,
  obligations: { ...obligations, ...over },
});
const approvedBy = (expiresS: number, ...roles: readonly string[]) => allow({ approval: { roles, expiresS } });
const at = (stage: number, decision: Decision, argv: readonly string[] = ["kubectl", "get"]): StageDecision => ({
  stage,
  argv,
  decision,
});

describe("merging decisions", () => {
  it("takes the lowest limits and the union of rules and redaction", () => {
    const merged = mergeDecisions([
      at(0, allow({ timeoutMs: 500, redact: ["kubernetes", "credentials"] }, "kubectl/read")),
      at(1, allow({ maxOutputBytes: 50 }, "text/filter", "kubectl/read")),
    ]);
    expect(merged).toEqual({
      effect: "allow",
      rules: ["kubectl/read", "text/filter"],
      obligations: { timeoutMs: 500, maxOutputBytes: 50, redact: ["credentials", "kubernetes"] },
      sandboxes: ["text", "text"],
    });
  });

  it("takes the lowest of a bound that only some parts set, and never more than the server's own", () => {
    const merged = mergeDecisions([
      at(0, allow({ cpuMs: 900, maxProcesses: 9_000_000 })),
      at(1, allow({ cpuMs: 700, maxLineBytes: 300 })),
      at(2, allow()),
    ]);
    expect(merged).toMatchObject({ obligations: { cpuMs: 700, maxLineBytes: 300, maxProcesses: 1024 } });
  });

  it("lets an answer come from the cache only when every part may, and then not older than any allows", () => {
    const young = mergeDecisions([at(0, allow({ cacheTtlMs: 900 })), at(1, allow({ cacheTtlMs: 500 }))]);
    expect(young).toMatchObject({ obligations: { cacheTtlMs: 500 } });
    const none = mergeDecisions([at(0, allow({ cacheTtlMs: 900 })), at(1, allow())]);
    expect(none).not.toHaveProperty("obligations.cacheTtlMs");
  });

  it("denies when any part is denied, with the reasons of every part in order", () => {
    const merged = mergeDecisions([
      at(0, {
        effect: "deny",
        reasons: [
          { rule: "b/no", message: "b" },
          { rule: "a/no", message: "a" },
        ],
      }),
      at(1, allow()),
      at(2, { effect: "deny", reasons: [{ rule: "a/no", message: "a" }] }),
    ]);
    expect(merged).toEqual({
      effect: "deny",
      reasons: [
        { rule: "a/no", message: "a", position: { stage: 0, index: 0 } },
        { rule: "b/no", message: "b", position: { stage: 0, index: 0 } },
        { rule: "a/no", message: "a", position: { stage: 2, index: 0 } },
      ],
    });
  });

  it("denies even when a part is denied without saying why", () => {
    expect(mergeDecisions([at(0, allow()), at(1, { effect: "deny", reasons: [] })]).effect).toBe("deny");
  });

  it("denies a plan about which nothing was asked", () => {
    expect(mergeDecisions([])).toEqual({
      effect: "deny",
      reasons: [{ rule: "server/policy-unavailable", message: expect.any(String) }],
    });
  });

  it.each([
    ["--namespace=kube-system", 2],
    ["--namespace", 2],
    ["secrets", 3],
    ["kubectl", 0],
    ["cret", 3],
    ["nowhere", 0],
  ])("points at the token %s", (token, index) => {
    const argv = ["kubectl", "get", "--namespace=kube-system", "pods,secrets"];
    const merged = mergeDecisions([at(1, { effect: "deny", reasons: [{ rule: "a/no", message: "m", token }] }, argv)]);
    expect(merged).toMatchObject({ reasons: [{ token, position: { stage: 1, index } }] });
  });

  it("gives a server action no position", () => {
    const merged = mergeDecisions([at(0, { effect: "deny", reasons: [{ rule: "a/no", message: "m" }] }, [])]);
    expect(merged).toEqual({ effect: "deny", reasons: [{ rule: "a/no", message: "m" }] });
  });

  it("asks for an approver whose role is in every set, within the shortest time", () => {
    const merged = mergeDecisions([at(0, approvedBy(900, "lead", "approver")), at(1, approvedBy(60, "approver"))]);
    expect(merged).toMatchObject({ obligations: { approval: { roles: ["approver"], expiresS: 60 } } });
  });

  it("keeps an approval that only one part asks for", () => {
    const merged = mergeDecisions([at(0, allow()), at(1, approvedBy(60, "approver"))]);
    expect(merged).toMatchObject({ obligations: { approval: { roles: ["approver"], expiresS: 60 } } });
  });

  it("denies when no role is in every set", () => {
    const merged = mergeDecisions([at(0, approvedBy(60, "lead")), at(1, approvedBy(60, "approver"))]);
    expect(merged).toMatchObject({ effect: "deny", reasons: [{ rule: "server/denied" }] });
  });

  it("keeps one sandbox per part, in the plan's order", () => {
    expect(mergeDecisions([at(0, allow({ sandbox: "kubectl" })), at(1, allow())])).toMatchObject({
      sandboxes: ["kubectl", "text"],
    });
  });

  it.each([
    ["kubectl", "kubectl", "allow"],
    ["text", "kubectl", "allow"],
    ["kubectl", "text", "deny"],
    ["git", "kubectl", "deny"],
  ] as const)("policy's sandbox %s for a command that needs %s: %s", (named, sandbox, effect) => {
    expect(mergeDecisions([{ ...at(0, allow({ sandbox: named })), sandbox }]).effect).toBe(effect);
  });

  it("is never more permissive than any part, in any order", () => {
    const decision = fc.oneof(
      fc.record({ timeoutMs: fc.nat(), maxOutputBytes: fc.nat() }).map((over) => allow(over)),
      fc.constantFrom(approvedBy(60, "approver"), approvedBy(30, "approver", "lead")),
      fc.constant<Decision>({ effect: "deny", reasons: [{ rule: "a/no", message: "m" }] }),
    );
    fc.assert(
      fc.property(fc.array(decision, { minLength: 1, maxLength: 8 }), (decisions) => {
        const parts = decisions.map((one, stage) => at(stage, one));
        const merged = mergeDecisions(parts);
        expect(mergeDecisions(parts.toReversed())).toEqual(merged);
        expect(decisions.filter((one) => isStricter(one, merged))).toEqual([]);
      }),
    );
  });
});

/** Whether one part forbids something that the merged decision does not. */
function isStricter(one: Decision, merged: PlanDecision): boolean {
  if (merged.effect === "deny") return false;
  if (one.effect === "deny") return true;
  return (
    one.obligations.timeoutMs < merged.obligations.timeoutMs ||
    one.obligations.maxOutputBytes < merged.obligations.maxOutputBytes ||
    (one.obligations.approval !== undefined && merged.obligations.approval === undefined)
  );
}
