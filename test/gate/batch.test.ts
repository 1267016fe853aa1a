// Several calls as one: all are judged before the first runs, one approval covers all of it, and each is looked at and judged again
// when its turn comes.
import { describe, expect, it } from "vitest";
import type { Outcome, StepOutcome } from "../../src/domain/outcome.ts";
import { lenient } from "./lenient.ts";
import {
  type GateOptions,
  endedStage,
  never,
  openGate,
  type OpenGate,
  type Replace,
  toCall,
  printed,
} from "./setup.ts";

const failure = printed("", { stages: [{ ...endedStage, exitCode: 1, answered: false }], stderr: "kubectl: no\n" });
const web = (more: object = {}) =>
  JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", ...more }, spec: {} });

/** Everything that ran but the looks ahead, and what each answers. */
function cluster(answer: (argv: readonly string[], turn: number) => StepOutcome | undefined = () => undefined) {
  const ran: string[] = [];
  const replace: Replace = ({ execution }) => ({
    execution: {
      ...execution,
      run: ({ step }) => {
        const argv = step.stages[0]?.argv ?? [];
        const isLook = argv.includes("--ignore-not-found") || argv[1] === "auth" || argv.includes("--dry-run=server");
        if (!isLook)
          ran.push(
            argv
              .slice(1)
              .filter((word) => !word.startsWith("--"))
              .join(" "),
          );
        const said = answer(argv, ran.length);
        if (said !== undefined) return Promise.resolve(said);
        if (argv[1] === "auth") return Promise.resolve(printed("yes\n"));
        return Promise.resolve(printed(isLook ? web() : `${ran.at(-1)}\n`));
      },
    },
  });
  return { ran, replace };
}

const restart = (name: string, more: object = {}) => ({
  tool_name: "kubectl_rollout_restart",
  arguments: { resource: "deploy", name, ...more },
});
const scale = (name: string, replicas = 3) => ({
  tool_name: "kubectl_scale",
  arguments: { resource: "deploy", name, replicas },
});
const pods = { tool_name: "kubectl_get", arguments: { resource: "pods" } };

const batch = ({ gate }: OpenGate, steps: readonly object[], more: object = {}, asked = {}): Promise<Outcome> =>
  gate.call(toCall("run_batch", { steps, ...more }, asked), never());

const open = (replace: Replace, options: GateOptions = {}): OpenGate => openGate({ ...options, replace });

async function approved(gate: OpenGate, { approval }: Outcome): Promise<string> {
  const asked = { request: approval?.request, verdict: "approve" };
  const approver = { id: "approver", roles: ["approver"] as const };
  const { grant, code } = await gate.gate.call(toCall("approval_decide", asked, approver), never());
  if (grant === undefined) throw new Error(`no grant: ${code}`);
  return grant;
}

describe("a batch", () => {
  it("runs its steps in order, and tells what became of each", async () => {
    const { ran, replace } = cluster();
    const outcome = await batch(open(replace), [pods, restart("a"), restart("b")]);
    expect(outcome).toMatchObject({ code: "ok", outcome: "succeeded" });
    expect(ran).toEqual(["get pods", "rollout restart deployments.apps a", "rollout restart deployments.apps b"]);
    expect(outcome.results?.map(({ tool, code, stdout }) => [tool, code, stdout])).toEqual([
      ["kubectl_get", "ok", "get pods\n"],
      ["kubectl_rollout_restart", "ok", "rollout restart deployments.apps a\n"],
      ["kubectl_rollout_restart", "ok", "rollout restart deployments.apps b\n"],
    ]);
    expect(outcome.steps).toHaveLength(3);
    expect(outcome.decision.rules).toEqual(["kubectl/read", "kubectl/restart"]);
  });

  it.each<[string, object, string]>([
    ["denied", restart("b", { namespace: "kube-system" }), "denied"],
    ["not understood", { tool_name: "cli_tool", arguments: { command: "kubectl exec web -- id" } }, "not_understood"],
    ["not valid", { tool_name: "kubectl_scale", arguments: { name: "web" } }, "invalid_arguments"],
    ["of a tool that is not there", { tool_name: "reboot", arguments: {} }, "unknown_tool"],
    ["a batch", { tool_name: "run_batch", arguments: { steps: [pods] } }, "invalid_arguments"],
    ["a look ahead", { tool_name: "preflight", arguments: pods }, "invalid_arguments"],
    [
      "a verdict",
      { tool_name: "approval_decide", arguments: { request: "x", verdict: "approve" } },
      "invalid_arguments",
    ],
    ["approved by itself", restart("b", { approval: "x" }), "invalid_arguments"],
    [
      "about a commit that no step makes",
      { tool_name: "git_push", arguments: { commit: "{{step.1.commit}}", branch: "ai-sre/x" } },
      "invalid_arguments",
    ],
  ])("runs nothing when one of its steps is %s", async (_what, step, code) => {
    const { ran, replace } = cluster();
    for (const steps of [
      [restart("a"), step],
      [step, restart("a")],
    ]) {
      for (const more of [{}, { stop_on_error: false }]) {
        const outcome = await batch(open(replace), steps, more);
        expect(outcome).toMatchObject({ code, decision: { effect: "deny" } });
        expect(outcome).not.toHaveProperty("results");
      }
    }
    expect(ran).toEqual([]);
  });

  it("gives nobody a tool or an effect that he does not have", async () => {
    const { ran, replace } = cluster();
    expect(await batch(open(replace), [pods], {}, { roles: ["viewer"] })).toMatchObject({ code: "denied" });
    const some = open(replace, { site: { toolsets: ["server", "cli"] } });
    expect(await batch(some, [restart("a")])).toMatchObject({
      code: "denied",
      reasons: [{ rule: "guard/tool-not-listed", token: "kubectl_rollout_restart" }],
    });
    expect(ran).toEqual([]);
  });

  it.each([[0], [21]])("has no %i steps", async (count) => {
    const { replace } = cluster();
    const steps = Array.from({ length: count }, () => pods);
    expect(await batch(open(replace), steps)).toMatchObject({ code: "invalid_arguments" });
  });

  it("stops at a step that fails, and goes on when it is told to", async () => {
    const fails = (argv: readonly string[]) => (argv.includes("a") && argv[1] === "rollout" ? failure : undefined);
    const first = cluster(fails);
    const stopped = await batch(open(first.replace), [restart("a"), restart("b")]);
    expect(stopped).toMatchObject({ code: "exited", outcome: "failed", stderr: "kubectl: no\n" });
    expect(stopped.results).toHaveLength(1);
    expect(stopped.steps).toHaveLength(2);
    expect(first.ran).toHaveLength(1);
    const second = cluster(fails);
    const went = await batch(open(second.replace), [restart("a"), restart("b")], { stop_on_error: false });
    expect(went).toMatchObject({ code: "exited", results: [{ code: "exited" }, { code: "ok" }] });
    expect(second.ran).toHaveLength(2);
  });

  it("is one id in the audit: decisions of all before the first intent, steps numbered among all", async () => {
    const { replace } = cluster();
    const gate = open(replace);
    await batch(gate, [restart("a"), restart("b")]);
    const records = gate.records();
    expect(new Set(records.map(({ call_id }) => call_id)).size).toBe(1);
    const facts = records.map((record) => [record.kind, record["tool"], record["step_index"]]);
    expect(facts).toEqual([
      ["decision", "run_batch", 0],
      ["decision", "run_batch", 0],
      ["decision", "run_batch", 1],
      ["decision", "run_batch", 0],
      ["intent", "run_batch", 0],
      ["outcome", "run_batch", 0],
      ["decision", "run_batch", 1],
      ["intent", "run_batch", 1],
      ["outcome", "run_batch", 1],
    ]);
    expect(new Set(records.slice(1).map((record) => record["plan_digest"])).size).toBe(1);
  });

  it("counts each step against the rate limit and the budget of changes", async () => {
    const { ran, replace } = cluster();
    const gate = open(replace, { site: { change_budget: { per_principal: "2/1h" } } });
    const outcome = await batch(gate, [restart("a"), restart("b"), restart("c")]);
    expect(outcome).toMatchObject({
      code: "rate_limited",
      outcome: "busy",
      results: [{ code: "ok" }, { code: "ok" }, { code: "rate_limited" }],
      reasons: [{ message: expect.stringMatching(/^step 3: /) }],
      retryAfterMs: expect.any(Number),
    });
    expect(ran).toHaveLength(2);
    expect(await batch(gate, [restart("a")], { stop_on_error: false })).toMatchObject({ code: "rate_limited" });
    const slow = open(replace, { site: { rate_limit: { per_principal: "1/1h", burst: 1 } } });
    const both = await batch(slow, [restart("a"), restart("b")], { stop_on_error: false });
    expect(both.results?.map(({ code }) => code)).toEqual(["ok", "rate_limited"]);
  });

  it("stops when policy denies a step that it allowed before, and what ran is told and recorded", async () => {
    const { ran, replace } = cluster();
    let asked = 0;
    const gate = open((real) => ({
      ...replace(real),
      policy: {
        ...lenient(real.policy),
        revision: real.policy.revision,
        decide: (question) => {
          const evaluation = real.policy.decide(question);
          const isB = question.kind === "command" && question.command.resources.some(({ name }) => name === "b");
          asked += isB ? 1 : 0;
          const decision = { effect: "deny", reasons: [{ rule: "test/late", message: "not any more" }] } as const;
          return isB && asked > 1 ? { ...evaluation, decision } : evaluation;
        },
      },
    }));
    const outcome = await batch(gate, [restart("a"), restart("b"), restart("c")], { stop_on_error: false });
    expect(outcome).toMatchObject({
      code: "denied",
      results: [{ code: "ok" }, { code: "denied" }],
      reasons: [{ rule: "test/late", message: "step 2: not any more" }],
    });
    expect(ran).toEqual(["rollout restart deployments.apps a"]);
    expect(gate.records().at(-1)).toMatchObject({ kind: "decision", effect: "deny", step_index: 1 });
  });

  it("stops at a step whose object has moved since all was judged", async () => {
    const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { level: "debug" } };
    const apply = { tool_name: "kubectl_apply", arguments: { manifest: JSON.stringify(manifest) } };
    const live = (secret: boolean) =>
      printed(
        JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", labels: secret ? kept : {} } }),
      );
    const kept = { "app.kubernetes.io/managed-by": "Helm" };
    const { ran, replace } = cluster((argv, turn) =>
      argv[1] === "get" && argv.includes("configmaps") ? live(turn > 0) : undefined,
    );
    const gate = open((real) => ({ ...replace(real), policy: lenient(real.policy, { allowsAll: true }) }));
    const outcome = await batch(gate, [restart("a"), apply, restart("b")], { stop_on_error: false });
    expect(outcome).toMatchObject({ code: "state_changed", results: [{ code: "ok" }, { code: "state_changed" }] });
    expect(ran).toEqual(["rollout restart deployments.apps a"]);
  });

  it("answers health and dry runs among its steps", async () => {
    const { ran, replace } = cluster();
    const outcome = await batch(open(replace), [
      { tool_name: "health_check", arguments: {} },
      restart("a", { dry_run: true }),
    ]);
    expect(outcome).toMatchObject({ code: "ok", results: [{ code: "ok" }, { code: "ok" }] });
    expect(ran).toEqual([]);
  });
});

describe("an approval of a batch", () => {
  const steps = [restart("a"), scale("web"), scale("api", 2)];

  it("is asked for once, for all of it, and runs all of it once", async () => {
    const { ran, replace } = cluster();
    const gate = open(replace);
    const asked = await batch(gate, steps, { reason: "load" });
    expect(asked).toMatchObject({ code: "approval_required" });
    expect(ran).toEqual([]);
    const { summary = "" } = asked.approval ?? {};
    expect(summary).toMatch(/rollout restart .* a\n.*scale .* web\n.*scale .* api\n/);
    expect(summary).toContain("step 2, as things are now: deployments.apps/web in default: spec.replicas");
    expect(summary).toContain("Agent says (unverified): load");
    const approval = await approved(gate, asked);
    const done = await batch(gate, steps, { approval, reason: "load" });
    expect(done).toMatchObject({ code: "ok", results: [{ code: "ok" }, { code: "ok" }, { code: "ok" }] });
    expect(ran).toHaveLength(3);
    expect(await batch(gate, steps, { approval, reason: "load" }, { callId: "call-2" })).toMatchObject({
      code: "grant_invalid",
      results: [{ code: "grant_invalid" }],
      reasons: [{ rule: "approval/spent" }],
    });
    expect(ran).toHaveLength(3);
  });

  it.each<[string, readonly object[]]>([
    ["another number", [restart("a"), scale("web", 4), scale("api", 2)]],
    ["another name", [restart("b"), scale("web"), scale("api", 2)]],
    ["one step more", [...steps, restart("c")]],
    ["one step less", steps.slice(1)],
    ["another order", steps.toReversed()],
  ])("is worth nothing for %s", async (_what, others) => {
    const { ran, replace } = cluster();
    const gate = open(replace);
    const approval = await approved(gate, await batch(gate, steps));
    expect(await batch(gate, others, { approval })).toMatchObject({
      code: "grant_invalid",
      reasons: [{ rule: "approval/other-plan" }],
    });
    // Nor for a step of it alone.
    const alone = toCall("kubectl_scale", { ...scale("web").arguments, approval });
    expect(await gate.gate.call(alone, never())).toMatchObject({ code: "grant_invalid" });
    expect(ran).toEqual([]);
  });

  it("is worth nothing when its steps would go on after one that fails, which the person is told", async () => {
    const { ran, replace } = cluster();
    const gate = open(replace);
    const goesOn = { stop_on_error: false };
    const approval = await approved(gate, await batch(gate, steps));
    expect(await batch(gate, steps, { approval, ...goesOn })).toMatchObject({
      code: "grant_invalid",
      reasons: [{ rule: "approval/other-plan" }],
    });
    const asked = await batch(gate, steps, goesOn, { callId: "call-2" });
    expect(asked.approval?.summary).toContain("what comes behind a step that fails runs all the same");
    expect(ran).toEqual([]);
  });

  it("is asked of nobody where a step is only tried: it would look as if it ran before the others", async () => {
    const { ran, replace } = cluster();
    const others = [restart("a", { dry_run: true }), ...steps.slice(1)];
    expect(await batch(open(replace), others)).toMatchObject({
      code: "invalid_arguments",
      reasons: [{ message: "step 1: A batch makes all of its changes, or tries all of them.", token: "dry_run" }],
    });
    expect(ran).toEqual([]);
  });

  it("is asked of nobody for what would fail at once", async () => {
    const { replace } = cluster((argv) => (argv.includes("--ignore-not-found") ? printed("") : undefined));
    expect(await batch(open(replace), [scale("web"), scale("api")])).toMatchObject({
      code: "preflight_failed",
      reasons: [{ rule: "preflight/not-found" }],
    });
    // What a later step meets may be made by an earlier one: the person is told.
    const late = cluster((argv) => (argv.includes("api") && argv[1] === "get" ? printed("") : undefined));
    const asked = await batch(open(late.replace), [scale("web"), scale("api")]);
    expect(asked).toMatchObject({ code: "approval_required" });
    expect(asked.approval?.summary).toMatch(/step 2, as things are now: .*would fail: there is no/);
  });
});
