// Calls that stand in a call: the desk judges each of them, as the gate does before the first of them runs.
import { describe, expect, it } from "vitest";
import { askedSchema } from "../../src/desk/asked.ts";
import { explain } from "../../src/desk/explain.ts";
import { renderExplanation } from "../../src/desk/explain-text.ts";
import { plain } from "../../src/desk/paint.ts";
import { replay } from "../../src/desk/replay.ts";
import { wholeVerdictOf } from "../../src/desk/verdict.ts";
import { judgeWhole } from "../../src/gate/judge-inner.ts";
import { never, openGate, printed, toCall } from "../gate/setup.ts";
import { sideWith } from "./setup.ts";

const side = await sideWith();
const step = (tool: string, given: object) => ({ tool_name: tool, arguments: given });
const batch = (...steps: readonly object[]) => askedSchema.parse({ tool: "run_batch", arguments: { steps } });
const ahead = (tool: string, given: object) => askedSchema.parse({ tool: "preflight", arguments: step(tool, given) });
const verdictOf = (asked: ReturnType<typeof batch>) => wholeVerdictOf(side.judgeWhole(asked));

const pods = step("kubectl_get", { resource: "pods" });
const secrets = step("kubectl_get", { resource: "secrets" });
const scale = step("kubectl_scale", { resource: "deploy", name: "web", replicas: 3 });
const exec = step("cli_tool", { command: "kubectl exec web -- id" });
const content = "replicas: 3\n";
const commit = step("git_commit", {
  message: "fix",
  branch: "ai-sre/web",
  changes: [{ path: "apps/web.yaml", content }],
});
const push = step("git_push", { commit: "{{step.1.commit}}", branch: "ai-sre/web" });

describe("a batch at the desk", () => {
  it("has a verdict of its own for each step, with its rules and its argv, and one for all", () => {
    const said = verdictOf(batch(pods, scale));
    expect(said).toMatchObject({ effect: "allow", rules: ["kubectl/read", "kubectl/scale", "server/batch"] });
    expect(said.obligations?.approval?.roles).toEqual(["approver"]);
    expect(said.steps).toHaveLength(2);
    const [first, second] = said.calls ?? [];
    expect(first).toMatchObject({ number: 1, tool: "kubectl_get", effect: "allow", rules: ["kubectl/read"] });
    expect(first?.obligations?.approval).toBeUndefined();
    expect(second).toMatchObject({ number: 2, tool: "kubectl_scale", effect: "allow", rules: ["kubectl/scale"] });
    expect(second?.obligations?.approval?.roles).toEqual(["approver"]);
    expect(second?.steps[0]?.stages[0]?.argv).toContain("--replicas=3");
  });

  it("is denied when one step is, and says of each which", () => {
    const said = verdictOf(batch(pods, secrets));
    expect(said).toMatchObject({ effect: "deny", code: "denied", rules: ["kubectl/no-secrets"] });
    expect(said.calls?.map(({ effect }) => effect)).toEqual(["allow", "deny"]);
  });

  it("ends with the first step that is not understood, as the gate does", () => {
    const said = verdictOf(batch(pods, exec, pods));
    expect(said).toMatchObject({ effect: "deny", code: "not_understood" });
    expect(said.reasons[0]?.message).toMatch(/^step 2: /);
    expect(said.calls?.map(({ code }) => code)).toEqual(["ok", "not_understood"]);
  });

  it("judges the push of a commit that an earlier step will have made", () => {
    const said = verdictOf(batch(commit, push));
    expect(said).toMatchObject({ effect: "allow", calls: [{ tool: "git_commit" }, { tool: "git_push" }] });
    const foreign = { tool_name: "git_push", arguments: { commit: "{{step.2.commit}}", branch: "ai-sre/web" } };
    expect(verdictOf(batch(commit, foreign))).toMatchObject({ code: "invalid_arguments" });
  });

  it("has no calls to show when the batch itself is refused", () => {
    const said = verdictOf(askedSchema.parse({ ...batch(pods), principal: { id: "v", roles: ["viewer"] } }));
    expect(said).toMatchObject({ effect: "deny" });
    expect(said.calls).toBeUndefined();
  });

  it("is explained call by call, each with the change that would be allowed", () => {
    const said = explain(side, batch(pods, step("kubectl_get", { resource: "pods", namespace: "kube-system" })));
    expect(said).toMatchObject({ effect: "deny", rules: ["kubectl/namespace"] });
    const [first, second] = said.calls ?? [];
    expect(first).toMatchObject({ effect: "allow", stages: [{ decision: { rules: ["kubectl/read"] } }] });
    expect(second?.smallest_change?.found[0]?.call).toMatchObject({ tool: "kubectl_get" });
    const text = renderExplanation(said, plain);
    for (const words of [
      "call 1 of 2: kubectl_get",
      "call 2 of 2: kubectl_get",
      "all together",
      "✗ denies  kubectl/nam",
    ])
      expect(text).toContain(words);
  });
});

describe("a look ahead at the desk", () => {
  it("judges what it looks at, and needs no person itself", () => {
    const said = verdictOf(ahead("kubectl_scale", { resource: "deploy", name: "web", replicas: 3 }));
    expect(said).toMatchObject({ effect: "allow", rules: ["kubectl/scale", "server/preflight"] });
    expect(said.obligations?.approval).toBeUndefined();
    expect(said.calls?.[0]?.obligations?.approval?.roles).toEqual(["approver"]);
  });

  it.each([
    ["denied", "kubectl_get", { resource: "secrets" }, "denied"],
    ["not understood", "cli_tool", { command: "kubectl exec web -- id" }, "not_understood"],
    ["a batch", "run_batch", { steps: [pods] }, "invalid_arguments"],
  ])("is refused for what is %s", (_what, tool, given, code) => {
    expect(verdictOf(ahead(tool, given))).toMatchObject({ effect: "deny", code, calls: [{ tool, code }] });
  });
});

describe("the desk and the gate", () => {
  const open = () =>
    openGate({
      replace: ({ execution }) => ({
        execution: { ...execution, run: () => Promise.resolve(printed("yes\n")) },
      }),
    });

  it.each([
    ["reads", [pods, pods]],
    ["a change", [pods, scale]],
    ["a denial", [pods, secrets]],
    ["what is not understood", [exec, pods]],
    ["a batch in a batch", [step("run_batch", { steps: [pods] })]],
    ["a grant in a step", [step("kubectl_get", { resource: "pods", approval: "x" })]],
    ["a dry run among changes", [scale, step("kubectl_scale", { ...scale.arguments, name: "b", dry_run: true })]],
  ])("come to the same over %s, which replays as it was", async (_what, steps) => {
    const gate = open();
    const call = toCall("run_batch", { steps });
    const assumed = judgeWhole(call, gate.ports.policy, gate.ports.settings, () => ({
      repositories: [],
      changedPaths: [],
    }));
    const live = await gate.gate.call(call, never());
    const { judgement } = assumed;
    const isAllowed = judgement.kind === "judged" && judgement.decision.effect === "allow";
    const { effect } = live.decision;
    // Of an allowed batch the desk does not say how it ends.
    expect([effect, isAllowed ? "ok" : live.code]).toEqual([isAllowed ? "allow" : "deny", judgement.code]);

    // Every step stands in the audit by an input of its own; what ended before policy is not asked again.
    const replayed = await replay(await sideWith(), [gate.auditFile]);
    expect(replayed).toMatchObject({ calls: 1, groups: [], widened: 0 });
    expect(replayed.compared).toBe(judgement.kind === "refused" ? 0 : 1);
  });

  it("see in a replay what a policy would say of a step now", async () => {
    const gate = open();
    await gate.gate.call(toCall("run_batch", { steps: [pods, scale] }), never());
    const frozen = await replay(await sideWith("mode: read_only\n"), [gate.auditFile]);
    expect(frozen.groups).toMatchObject([{ kind: "newly_denied", changed: [{}] }]);
  });
});
