// Doubt is a denial: whatever goes wrong while policy is asked ends as a denial that says so, is counted, and leaves a
// policy that answers the next question.
import { describe, expect, it } from "vitest";
import { questionOf, scriptedPolicy, serverQuestion, watchedPolicy, buildFolder } from "./setup.ts";
import { loadBundle } from "../../src/policy/bundle.ts";
import type { Question } from "../../src/domain/ports.ts";

const allow = {
  effect: "allow",
  rules: ["test/yes"],
  obligations: { timeout_ms: 1000, max_output_bytes: 1024, redact: ["credentials"], sandbox: "text" },
};

function expectUnavailable(
  evaluation: ReturnType<ReturnType<typeof scriptedPolicy>["policy"]["decide"]>,
  fault: string,
) {
  expect(evaluation.fault).toBe(fault);
  expect(evaluation.decision).toEqual({
    effect: "deny",
    reasons: [{ rule: "server/policy-unavailable", message: expect.stringContaining("nothing ran") }],
  });
}

describe("a policy that fails", () => {
  it("denies when two rules contradict each other, and keeps what was asked for the audit", () => {
    const { policy, faults } = scriptedPolicy({});
    const evaluation = policy.decide(serverQuestion("conflict"));
    expectUnavailable(evaluation, "throw");
    expect(JSON.parse(evaluation.input ?? "")).toMatchObject({ call: { tool: "conflict" } });
    expect(faults).toEqual(["throw"]);
  });

  it("denies when a rule needs a builtin that the runtime does not have", () => {
    const { policy, faults } = scriptedPolicy({});
    expectUnavailable(policy.decide(serverQuestion("1.2.3")), "throw");
    expect(faults).toEqual(["throw"]);
  });

  it("denies when no rule gives an answer", () => {
    const { policy, faults } = scriptedPolicy({});
    expectUnavailable(policy.decide(serverQuestion("nobody_knows")), "undefined");
    expect(faults).toEqual(["undefined"]);
  });

  it("still answers after 600 throws in a row, because each takes its instance with it", () => {
    const { policy, faults } = scriptedPolicy({ fine: allow });
    for (let round = 0; round < 600; round += 1) {
      expectUnavailable(policy.decide(serverQuestion("conflict")), "throw");
    }
    expect(policy.decide(serverQuestion("fine")).decision.effect).toBe("allow");
    expect(faults).toHaveLength(600);
  });

  it("shows no tool when the list of visible tools fails", () => {
    const principal = serverQuestion("x").call.principal;
    for (const visible of [undefined, null, "health_check", { health_check: true }, [1], [""]]) {
      const { policy, faults } = scriptedPolicy({}, { visible });
      expect(policy.visible(principal)).toEqual(new Set());
      expect(faults).toEqual([visible === undefined ? "undefined" : "odd_shape"]);
    }
  });
});

describe("an answer of an odd shape", () => {
  const { obligations } = allow;
  const reason = { rule: "test/no", message: "no" };
  const odd: readonly (readonly [string, unknown])[] = [
    ["a bare true", true],
    ["a bare false", false],
    ["null", null],
    ["a text", "allow"],
    ["an empty object", {}],
    ["an unknown effect", { ...allow, effect: "maybe" }],
    ["an allow without obligations", { effect: "allow", rules: ["test/yes"] }],
    ["an allow that no rule gave", { ...allow, rules: [] }],
    ["an allow with reasons", { ...allow, reasons: [reason] }],
    ["an obligation that nobody knows", { ...allow, obligations: { ...obligations, fence: true } }],
    ["an obligation of a later version", { ...allow, obligations: { ...obligations, rehearsal: true } }],
    ["a pre-flight that is none", { ...allow, obligations: { ...obligations, preflight: false } }],
    ["an answer that is older than may be", { ...allow, obligations: { ...obligations, cache_ttl_ms: 2001 } }],
    ["more CPU than there is time", { ...allow, obligations: { ...obligations, cpu_ms: 55_001 } }],
    ["no line of output", { ...allow, obligations: { ...obligations, max_output_lines: 0 } }],
    ["processes without end", { ...allow, obligations: { ...obligations, max_processes: 1025 } }],
    ["an unknown redaction profile", { ...allow, obligations: { ...obligations, redact: ["everything"] } }],
    ["an unknown sandbox", { ...allow, obligations: { ...obligations, sandbox: "none" } }],
    ["no time", { ...allow, obligations: { ...obligations, timeout_ms: 0 } }],
    ["time beyond what a caller waits", { ...allow, obligations: { ...obligations, timeout_ms: 55_001 } }],
    ["time as a text", { ...allow, obligations: { ...obligations, timeout_ms: "1000" } }],
    ["half a byte", { ...allow, obligations: { ...obligations, max_output_bytes: 0.5 } }],
    ["approval as a flag", { ...allow, obligations: { ...obligations, approval: true } }],
    ["approval by nobody", { ...allow, obligations: { ...obligations, approval: { roles: [], expires_s: 60 } } }],
    ["a denial without reasons", { effect: "deny", reasons: [] }],
    ["a reason without words", { effect: "deny", reasons: [{ rule: "test/no", message: "" }] }],
    ["a reason with more", { effect: "deny", reasons: [{ ...reason, severity: "low" }] }],
    ["a denial with obligations", { effect: "deny", reasons: [reason], obligations }],
  ];

  it.each(odd)("is a denial: %s", (_name, answer) => {
    const { policy, faults } = scriptedPolicy({ odd: answer });
    expectUnavailable(policy.decide(serverQuestion("odd")), "odd_shape");
    expect(faults).toEqual(["odd_shape"]);
  });

  it("is none of these, when it is well-formed", () => {
    const { policy, faults } = scriptedPolicy({ fine: allow });
    expect(policy.decide(serverQuestion("fine"))).toEqual({
      decision: {
        effect: "allow",
        rules: ["test/yes"],
        obligations: { timeoutMs: 1000, maxOutputBytes: 1024, redact: ["credentials"], sandbox: "text" },
      },
      input: expect.any(String),
      startedAtMs: Date.UTC(2026, 0, 1, 12),
      durationMs: 0,
    });
    expect(faults).toEqual([]);
  });
});

describe("a question that cannot be judged", () => {
  const { policy } = watchedPolicy(loadBundle(buildFolder));
  const question = questionOf(policy, "kubectl get pods");
  if (question.kind !== "command") throw new Error("not a command");
  const withOperands = (operands: readonly string[]): Question => ({
    ...question,
    command: { ...question.command, operands },
  });
  const withNames = (where: "flags" | "namespaces" | "programs", count: number): Question => {
    const names = Array.from({ length: count }, (_none, at) => `name-${at}`);
    const lists = {
      flags: Object.fromEntries(names.map((name) => [`--${name}`, ["true"]])),
      namespaces: names,
      programs: [{ language: "go-template", identifiers: names }],
    };
    return { ...question, command: { ...question.command, [where]: lists[where] } };
  };

  it.each([
    ["more than 256 KB", withOperands(["x".repeat(300_000)])],
    ["more than 256 KB as UTF-8 only", withOperands(["€".repeat(90_000)])],
    ["more items than a list may have", withOperands(Array.from({ length: 513 }, () => "a"))],
    ["more flags than anybody needs", withNames("flags", 129)],
    ["more namespaces than anybody needs", withNames("namespaces", 129)],
    ["more names in a program than anybody needs", withNames("programs", 129)],
    ["half of a surrogate pair", withOperands(["\ud800"])],
    [
      "half of a surrogate pair as a flag's name",
      { ...question, command: { ...question.command, flags: { "\udc00": [] } } },
    ],
    ["a number beyond 2^53", { ...question, stepCount: 2 ** 53 }],
    ["a fraction", { ...question, stepIndex: 0.5 }],
    ["no number", { ...question, stepIndex: Number.NaN }],
  ] satisfies readonly (readonly [string, Question])[])("is denied before it reaches the policy: %s", (_name, odd) => {
    const watched = watchedPolicy(loadBundle(buildFolder));
    const evaluation = watched.policy.decide(odd);
    expectUnavailable(evaluation, "input");
    expect(evaluation).not.toHaveProperty("input");
    expect(watched.faults).toEqual(["input"]);
    expect(watched.policy.decide(question).decision.effect).toBe("allow");
  });

  it("is judged when it is just within the bounds", () => {
    expect(policy.decide(withOperands(["x".repeat(250_000)])).fault).toBeUndefined();
  });

  it.each(["flags", "namespaces", "programs"] as const)(
    "is answered by rules, with a reason for each, when it has as many %s as it may",
    (where) => {
      const { decision, fault } = policy.decide(withNames(where, 128));
      expect(fault).toBeUndefined();
      expect(decision.effect === "deny" && decision.reasons.length).toBeGreaterThanOrEqual(128);
    },
  );

  it("is denied when the search for credentials fails", () => {
    const refuse = () => {
      throw new Error("no keys");
    };
    const hostile = new Proxy({}, { ownKeys: refuse });
    const evaluation = policy.decide(questionOf(policy, "kubectl get pods", { arguments: hostile }));
    expect(evaluation.fault).toBe("input");
    expect(evaluation.decision.effect).toBe("deny");
  });
});
