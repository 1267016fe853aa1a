// The decision point with the committed policy: what it asks, what it answers, and what it never allows.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StartError } from "../../src/errors.ts";
import { roles, type Role } from "../../src/domain/principal.ts";
import { loadBundle } from "../../src/policy/bundle.ts";
import { policyInputSchema } from "../../src/policy/input.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { buildFolder, questionOf, questionsOf, scriptedPolicy, serverQuestion, watchedPolicy } from "./setup.ts";

const bundle = loadBundle(buildFolder);
const { policy } = watchedPolicy(bundle);
const principal = (...held: readonly Role[]) => ({ id: "someone", roles: held, authenticatedBy: "bearer" }) as const;

/** One command of each effect that the default policy knows, with all that surrounds it. */
const commands = [
  "kubectl get pods",
  "kubectl get pods -o json | jq '.items[0]' | head -n 3",
  "kubectl logs web-1 --tail=20 | grep -i error",
  "kubectl describe node worker-1",
  "kubectl rollout restart deploy/web",
  "kubectl delete pod web-1",
  "kubectl delete pod web-1 --dry-run=server",
  "kubectl get secrets",
  "kubectl get pods -A",
  "kubectl version",
  "helm list",
  "helm rollback web 2",
  "flux get all",
  "flux reconcile ks apps",
  "kubectl auth can-i get pods",
  "kubectl get pods -o 'go-template={{range .items}}{{.metadata.name}}{{end}}'",
];

describe("the policy input", () => {
  it.each(commands)("is what the published schema describes: %s", (command) => {
    for (const question of questionsOf(policy, command, { stdin: "text" })) {
      const { input = "" } = policy.decide(question);
      const parsed = policyInputSchema.parse(JSON.parse(input));
      expect(JSON.stringify(parsed)).toBe(input);
    }
  });

  it("names the neighbours in the pipeline", () => {
    const inputs = questionsOf(policy, "kubectl get pods | grep web | wc -l").map((question) =>
      policyInputSchema.parse(JSON.parse(policy.decide(question).input ?? "")),
    );
    expect(inputs.map(({ pipeline }) => pipeline)).toEqual([
      { index: 0, length: 3, previous: null, next: "grep" },
      { index: 1, length: 3, previous: "kubectl", next: "wc" },
      { index: 2, length: 3, previous: "grep", next: null },
    ]);
  });

  it("holds what the site and the clock say", () => {
    const input = JSON.parse(policy.decide(serverQuestion("health_check")).input ?? "");
    expect(input).toMatchObject({
      action: { kind: "server" },
      site: { context: "test", cluster_id: "c-1", mode: "normal", hour_utc: 12, recent_changes: 0 },
    });
    expect(input).not.toHaveProperty("command");
  });
});

describe("a decision", () => {
  it("is the same bytes for the same question, on other instances too", () => {
    const question = questionOf(policy, "kubectl delete pod x -n kube-system --dry-run=server", {
      roles: ["viewer"],
    });
    const answers = [policy, policy, watchedPolicy(bundle).policy].map((asked) =>
      JSON.stringify(asked.decide(question)),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it("has its reasons in order, each with rule and words", () => {
    const { decision } = policy.decide(questionOf(policy, "kubectl get secrets -n kube-system", { roles: [] }));
    if (decision.effect !== "deny") throw new Error("allowed");
    const ruleIds = decision.reasons.map(({ rule }) => rule);
    expect(ruleIds).toEqual([...ruleIds].sort());
    expect(ruleIds).toEqual(expect.arrayContaining(["guard/role", "kubectl/no-secrets"]));
  });

  it("comes out the same whatever order the policy gives its reasons in", () => {
    const reasons = [
      { rule: "b/one", message: "1" },
      { rule: "a/two", message: "2", token: "x" },
      { rule: "a/two", message: "2" },
    ];
    const one = scriptedPolicy({ odd: { effect: "deny", reasons } }).policy.decide(serverQuestion("odd"));
    const two = scriptedPolicy({ odd: { effect: "deny", reasons: reasons.toReversed() } }).policy;
    expect(two.decide(serverQuestion("odd")).decision).toEqual(one.decision);
  });
});

describe("a credential", () => {
  const key = "AKIAIOSFODNN7EXAMPLE";
  const ruleOf = (question: ReturnType<typeof questionOf>) => {
    const { decision } = policy.decide(question);
    return decision.effect === "deny" ? decision.reasons.map(({ rule }) => rule) : [];
  };

  it.each([
    ["in an argument", questionsOf(policy, `grep ${key}`, { arguments: { command: `grep ${key}` } })],
    ["in pieces that quotes hide", questionsOf(policy, `grep 'AKIAIOSF'"ODNN7EXAMPLE"`, { arguments: {} })],
    ["in another stage", questionsOf(policy, `sort | grep ${key}`, { arguments: {} })],
    ["in standard input", questionsOf(policy, "grep x | sort", { arguments: {}, stdin: `a\n${key}\n` })],
    ["in a list of arguments", questionsOf(policy, "sort", { arguments: { argv: [["x", [key]]] } })],
    ["as a key", questionsOf(policy, "sort", { arguments: { deep: { [key]: 1 } } })],
  ])("is denied at every stage: %s", (_name, questions) => {
    for (const question of questions) expect(ruleOf(question)).toContain("guard/no-credentials");
    for (const question of questions.toReversed()) expect(ruleOf(question)).toContain("guard/no-credentials");
  });
});

describe("an answer that is remembered", () => {
  it("is the same decision for the same question, and no other policy's", () => {
    const { policy } = watchedPolicy(bundle);
    const question = questionOf(policy, "kubectl get pods");
    const first = policy.decide(question);
    expect(policy.decide(question)).toMatchObject({ decision: first.decision, input: first.input });
    const frozen = watchedPolicy(bundle, { mode: "frozen" }).policy;
    expect(frozen.decide(question).decision).toMatchObject({ effect: "deny" });
    expect(policy.decide(question).decision).toMatchObject({ effect: "allow" });
  });

  it("says nothing of a credential in an argument that the plan does not show", () => {
    const { policy } = watchedPolicy(bundle);
    const calls = [{}, { note: "AKIAIOSFODNN7EXAMPLE" }, {}].map((raw) =>
      policy.decide(questionOf(policy, "kubectl get pods", { arguments: raw })),
    );
    expect(calls.map(({ decision }) => decision.effect)).toEqual(["allow", "deny", "allow"]);
  });
});

describe("the visible tools", () => {
  it("are those of the role", () => {
    expect([...policy.visible(principal("approver"))]).toEqual(["approval_decide", "health_check"]);
    expect([...policy.visible(principal())]).toEqual([]);
    const forViewer = policy.visible(principal("viewer"));
    expect(forViewer.has("kubectl_get")).toBe(true);
    expect(forViewer.has("kubectl_rollout_restart")).toBe(false);
    // helm and gh are for sites that list them; a verdict is not an operator's.
    const listed = catalog
      .filter(({ name, toolset }) => !["helm", "gh"].includes(toolset) && name !== "approval_decide")
      .map(({ name }) => name);
    expect([...policy.visible(principal("operator"))].sort()).toEqual(listed.sort());
  });

  it("are all tools where site data lists all toolsets", () => {
    const toolsets = [...new Set(catalog.map(({ toolset }) => toolset))];
    const everywhere = watchedPolicy(bundle, { toolsets }).policy.visible(principal("operator"));
    const others = catalog.map(({ name }) => name).filter((name) => name !== "approval_decide");
    expect([...everywhere].sort()).toEqual(others.sort());
  });

  it("are asked of the policy once per principal", () => {
    const { policy: live } = watchedPolicy(bundle);
    const before = live.visible(principal("operator"));
    expect(live.visible(principal("operator"))).toBe(before);
    expect(live.visible(principal("viewer"))).not.toEqual(before);
    const other = watchedPolicy(bundle, { toolsets: ["server"] }).policy;
    expect([...other.visible(principal("operator"))]).toEqual(["health_check", "preflight", "run_batch"]);
  });

  it("are the only ones that are ever allowed, with any roles, mode and toolsets", () => {
    const names = [...catalog.map(({ name }) => name), "no_such_tool", ""];
    const anyCase = fc.record({
      held: fc.subarray([...roles]),
      mode: fc.constantFrom("normal" as const, "read_only" as const, "frozen" as const),
      toolsets: fc.subarray(["kubectl" as const, "flux" as const, "helm" as const, "cli" as const, "server" as const]),
      command: fc.constantFrom(...commands),
    });
    fc.assert(
      fc.property(anyCase, ({ held, mode, toolsets, command }) => {
        const site = watchedPolicy(bundle, { mode, toolsets });
        const visible = site.policy.visible(principal(...held));
        const allowed = names.filter((tool) =>
          [serverQuestion(tool, held), ...questionsOf(site.policy, command, { tool, roles: held })].some(
            (question) => site.policy.decide(question).decision.effect === "allow",
          ),
        );
        expect(allowed.filter((tool) => !visible.has(tool))).toEqual([]);
        expect(site.faults).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("making a policy", () => {
  it("refuses data that cannot be told to the module", () => {
    const endless: Record<string, unknown> = {};
    endless["itself"] = endless;
    const broken = { ...bundle, data: { ...bundle.data, endless } };
    expect(() => watchedPolicy(broken)).toThrow(StartError);
  });

  it("refuses a policy that does not deny Secrets", () => {
    const allow = {
      effect: "allow",
      rules: ["test/yes"],
      obligations: { timeout_ms: 1000, max_output_bytes: 1024, redact: [], sandbox: "text" },
    };
    expect(() => scriptedPolicy({ kubectl_get: allow })).toThrow(StartError);
    expect(() => scriptedPolicy({ kubectl_get: "yes" })).toThrow(/must be deny, but was not answered/);
  });
});
