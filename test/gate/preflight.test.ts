// A look ahead through the whole gate: the inner call is judged as the gate would judge it, its reads are judged and recorded, a
// denied call is told nothing, and what would fail starts nothing.
import { describe, expect, it } from "vitest";
import { AuditUnavailable } from "../../src/errors.ts";
import type { StepOutcome } from "../../src/domain/outcome.ts";
import { lenient } from "./lenient.ts";
import { endedStage, never, openGate, type Replace, toCall, printed } from "./setup.ts";

const failed = (stderr: string) =>
  printed("", { stages: [{ ...endedStage, exitCode: 1, answered: false }], stderr: `kubectl: ${stderr}` });

const web = (replicas: number) =>
  JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { replicas } });

interface Answers {
  readonly get?: StepOutcome;
  readonly auth?: StepOutcome;
  readonly dry?: StepOutcome;
}

/** A cluster with one deployment of two replicas; everything that ran is kept. */
function cluster({
  get = printed(web(2)),
  auth = printed("yes\n"),
  dry = printed("scaled (server dry run)\n"),
}: Answers = {}) {
  const ran: (readonly string[])[] = [];
  const replace: Replace = ({ execution }) => ({
    execution: {
      ...execution,
      run: ({ step }) => {
        const argv = step.stages[0]?.argv ?? [];
        ran.push(argv);
        if (argv[1] === "get") return Promise.resolve(get);
        return Promise.resolve(argv[1] === "auth" ? auth : dry);
      },
    },
  });
  return { ran, replace };
}

const scale = { resource: "deploy", name: "web", replicas: 3 };
const ahead = (tool_name: string, own: unknown) => toCall("preflight", { tool_name, arguments: own });
const toldBy = ({ stdout = "" }: { readonly stdout?: string }) => JSON.parse(stdout);

describe("preflight", () => {
  it("says what would run, whether a person is asked, and what would differ", async () => {
    const { ran, replace } = cluster();
    const { gate } = openGate({ replace });
    const outcome = await gate.call(ahead("kubectl_scale", scale), never());
    expect(outcome).toMatchObject({ outcome: "succeeded", decision: { effect: "allow", rules: ["kubectl/scale"] } });
    expect(outcome.steps[0]?.stages[0]?.argv).toEqual(
      expect.arrayContaining(["kubectl", "scale", "--replicas=3", "deployments.apps", "web"]),
    );
    expect(toldBy(outcome)).toMatchObject({
      would: "ask for approval",
      approver_roles: ["approver"],
      changes: [{ verdict: "passed", exists: true, permitted: true }],
      lines: ["deployments.apps/web in default: spec.replicas: 2 → 3"],
    });
    expect(ran.map(([, verb]) => verb)).toEqual(["get", "auth", "scale"]);
    expect(ran[2]).toContain("--dry-run=server");
  });

  it("answers as the call itself would be refused, and looks at nothing for it", async () => {
    const { ran, replace } = cluster();
    const { gate, records } = openGate({ replace });
    for (const [tool, own, roles] of [
      ["kubectl_get", { resource: "secrets" }, ["operator"]],
      ["kubectl_scale", { ...scale, namespace: "kube-system" }, ["operator"]],
      ["kubectl_scale", { ...scale, replicas: 0 }, ["operator"]],
      ["kubectl_scale", scale, ["viewer"]],
      ["kubectl_scale", { name: "web" }, ["operator"]],
      ["cli_tool", { command: "kubectl exec web -- id" }, ["operator"]],
      ["reboot", {}, ["operator"]],
    ] as const) {
      const real = await gate.call(toCall(tool, own, { roles }), never());
      const looked = await gate.call(toCall("preflight", { tool_name: tool, arguments: own }, { roles }), never());
      const { callId: _id, durationMs: _took, ...said } = looked;
      expect({ tool, ...said }).toEqual({ tool, ...omitTimes(real) });
      expect(looked).not.toHaveProperty("stdout");
    }
    expect(ran).toEqual([]);
    expect(records().some(({ kind }) => kind === "intent")).toBe(false);
  });

  it("is not for those who may not read, nor while the brake is on", async () => {
    const { ran, replace } = cluster();
    const { gate } = openGate({ replace });
    const asked = { tool_name: "kubectl_scale", arguments: scale };
    expect((await gate.call(toCall("preflight", asked, { roles: ["approver"] }), never())).code).toBe("denied");
    const frozen = openGate({ replace, site: { mode: "frozen" } });
    expect((await frozen.gate.call(toCall("preflight", asked), never())).code).toBe("denied");
    const readOnly = openGate({ replace, site: { mode: "read_only" } });
    expect(await readOnly.gate.call(toCall("preflight", asked), never())).toMatchObject({
      code: "denied",
      reasons: [{ rule: "guard/read-only" }],
    });
    expect(ran).toEqual([]);
  });

  it("looks on the record: the call, then what it asks about, then each read", async () => {
    const { replace } = cluster();
    const { gate, records } = openGate({ replace });
    await gate.call(ahead("kubectl_scale", scale), never());
    expect(records().map(({ kind, tool, argvs }) => [kind, tool, Array.isArray(argvs) ? argvs[0][1] : ""])).toEqual([
      ["decision", "preflight", ""],
      ["decision", "preflight", "scale"],
      ...["get", "auth", "scale"].flatMap((verb) => [
        ["decision", "preflight", verb],
        ["intent", "preflight", verb],
        ["outcome", "preflight", verb],
      ]),
    ]);
  });

  it("looks at nothing that the principal may not read, and says so", async () => {
    const { ran, replace } = cluster();
    const { gate } = openGate({
      replace: (real) => ({
        ...replace(real),
        policy: {
          ...real.policy,
          revision: real.policy.revision,
          decide: (question) => {
            const evaluation = real.policy.decide(question);
            const isRead = question.kind === "command" && question.command.effect === "read";
            const decision = { effect: "deny", reasons: [{ rule: "test/no", message: "not for you" }] } as const;
            return isRead ? { ...evaluation, decision } : evaluation;
          },
        },
      }),
    });
    const { lines, changes } = toldBy(await gate.call(ahead("kubectl_scale", scale), never()));
    expect(ran.map(([, verb]) => verb)).toEqual(["scale"]);
    expect(changes[0]).not.toHaveProperty("exists");
    expect(lines).toContainEqual(expect.stringContaining("could not be looked at: not for you"));
  });

  it("is not asked about itself", async () => {
    const { gate } = openGate();
    const inner = { tool_name: "kubectl_get", arguments: { resource: "pods" } };
    expect(await gate.call(ahead("preflight", inner), never())).toMatchObject({ code: "invalid_arguments" });
  });

  it("needs no reads for what changes nothing", async () => {
    const { ran, replace } = cluster();
    const { gate } = openGate({ replace });
    for (const [tool, own] of [
      ["kubectl_get", { resource: "pods" }],
      ["kubectl_scale", { ...scale, dry_run: true }],
      ["health_check", {}],
    ] as const) {
      expect(toldBy(await gate.call(ahead(tool, own), never()))).toEqual({ would: "run", changes: [], lines: [] });
    }
    expect(ran).toEqual([]);
  });

  it("is answered out of the cache for a moment, the dry run too, and for nobody under other obligations", async () => {
    const { ran, replace } = cluster();
    const { gate } = openGate({ replace });
    await gate.call(ahead("kubectl_scale", scale), never());
    await gate.call(ahead("kubectl_scale", scale), never());
    expect(ran).toHaveLength(3);
    await gate.call(ahead("kubectl_scale", { ...scale, replicas: 4 }), never());
    expect(ran.map(([, verb]) => verb)).toEqual(["get", "auth", "scale", "scale"]);
  });

  it("counts against the rate limit, read by read", async () => {
    const { ran, replace } = cluster();
    const { gate } = openGate({ replace, site: { rate_limit: { per_principal: "1/1h", burst: 2 } } });
    const { lines } = toldBy(await gate.call(ahead("kubectl_scale", scale), never()));
    expect(ran).toHaveLength(2);
    expect(lines).toContainEqual(expect.stringContaining("the dry run could not be made"));
  });

  it("starts nothing when the audit cannot be written", async () => {
    const { ran, replace } = cluster();
    const { gate } = openGate({
      replace: (real) => ({
        ...replace(real),
        audit: { ...real.audit, append: () => Promise.reject(new AuditUnavailable("full")) },
      }),
    });
    expect(await gate.call(ahead("kubectl_scale", scale), never())).toMatchObject({ code: "audit_unavailable" });
    expect(ran).toEqual([]);
  });
});

describe("the obligation of that name", () => {
  it("asks nobody for what would fail, and says why", async () => {
    for (const [answers, rule] of [
      [{ get: printed("") }, "preflight/not-found"],
      [{ auth: printed("no\n", { stages: [{ ...endedStage, exitCode: 1 }] }) }, "preflight/can-i"],
      [{ dry: failed("admission webhook denied the request") }, "preflight/dry-run"],
    ] as const) {
      const { gate, records } = openGate({ replace: cluster(answers).replace });
      const outcome = await gate.call(toCall("kubectl_scale", scale), never());
      expect(outcome).toMatchObject({ outcome: "failed", code: "preflight_failed", reasons: [{ rule }] });
      expect(records().at(-1)).toMatchObject({ kind: "outcome", code: "preflight_failed" });
    }
  });

  it("leaves to the person what could not be looked at", async () => {
    const late = printed("", { ended: "timed_out" });
    const { replace } = cluster({ get: printed(web(2), { truncated: true }), auth: late, dry: late });
    const { gate } = openGate({ replace });
    expect(await gate.call(toCall("kubectl_scale", scale), never())).toMatchObject({ code: "approval_required" });
  });

  it("holds before the start too, when nobody has to be asked", async () => {
    const noApproval = (answers: Answers) => {
      const { ran, replace } = cluster(answers);
      const { gate } = openGate({
        replace: (real) => ({
          ...replace(real),
          policy: {
            ...lenient(real.policy),
            revision: real.policy.revision,
            decide: (question) => {
              const evaluation = lenient(real.policy).decide(question);
              const { decision } = evaluation;
              if (decision.effect === "deny") return evaluation;
              const obligations = { ...decision.obligations, preflight: true as const };
              return { ...evaluation, decision: { ...decision, obligations } };
            },
          },
        }),
      });
      return { gate, ran };
    };
    const good = noApproval({});
    expect(await good.gate.call(toCall("kubectl_scale", scale), never())).toMatchObject({ code: "ok" });
    expect(good.ran.map((argv) => [argv[1], argv.includes("--dry-run=server")])).toEqual([
      ["get", false],
      ["auth", false],
      ["scale", true],
      ["scale", false],
    ]);
    const bad = noApproval({ get: printed("") });
    expect(await bad.gate.call(toCall("kubectl_scale", scale), never())).toMatchObject({ code: "preflight_failed" });
    expect(bad.ran.map(([, verb]) => verb)).toEqual(["get", "auth"]);
  });
});

function omitTimes({
  callId: _id,
  durationMs: _took,
  ...said
}: {
  readonly callId: string;
  readonly durationMs: number;
}) {
  return said;
}
