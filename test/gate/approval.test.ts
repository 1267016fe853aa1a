// Rung 5 over real rooms: a plan that was approved runs once, exactly, and for nothing else; what a person may decide is policy's.
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ApprovalsOptions } from "../../src/approval/approvals.ts";
import { deriveApprovalKey } from "../../src/approval/key.ts";
import { createKubernetesLedger } from "../../src/approval/kubernetes-ledger.ts";
import type { Approvals } from "../../src/domain/approval.ts";
import type { Outcome, StepOutcome } from "../../src/domain/outcome.ts";
import type { Observed } from "../../src/domain/command.ts";
import type { HeldWorkTree, WorkTree } from "../../src/domain/ports.ts";
import { LedgerUnavailable } from "../../src/errors.ts";
import { openApprovals } from "../helpers/approvals.ts";
import { startLeaseApi } from "../helpers/lease-api.ts";
import { clock, type GateOptions, never, openGate as openWholeGate, type OpenGate, toCall } from "./setup.ts";

/** Without a look ahead: what stands here is about what comes after it. */
const openGate = ({ replace, ...options }: GateOptions = {}): OpenGate =>
  openWholeGate({
    ...options,
    replace: (real) => ({ preflight: () => Promise.resolve({ changes: [], lines: [] }), ...replace?.(real) }),
  });

const scale = { resource: "deployment", name: "web", replicas: 3 };
const byApprover = { id: "approver", roles: ["approver"] as const };

const call = (
  { gate }: OpenGate,
  tool: string,
  raw: Record<string, unknown>,
  asked: Parameters<typeof toCall>[2] = {},
): Promise<Outcome> => gate.call(toCall(tool, raw, asked), never());

const decide = (open: OpenGate, request: string, verdict = "approve", more: Record<string, unknown> = {}) =>
  call(open, "approval_decide", { request, verdict, ...more }, byApprover);

async function requestOf(open: OpenGate, tool = "kubectl_scale", raw: Record<string, unknown> = scale) {
  const { code, approval } = await call(open, tool, raw, { callId: "call-ask" });
  if (approval === undefined) throw new Error(`no request: ${code}`);
  return approval.request;
}

async function grantOf(open: OpenGate, tool = "kubectl_scale", raw: Record<string, unknown> = scale): Promise<string> {
  const { grant, code } = await decide(open, await requestOf(open, tool, raw));
  if (grant === undefined) throw new Error(`no grant: ${code}`);
  return grant;
}

const withApprovals = (options: Partial<ApprovalsOptions>, more: GateOptions = {}): OpenGate =>
  openGate({ ...more, replace: () => ({ approvals: openApprovals({ clock, ...options }) }) });

const rulesOf = ({ reasons = [] }: Outcome) => reasons.map(({ rule }) => rule);

describe("a call that needs a person", () => {
  it("runs exactly what was approved, once, and the second time names the first", async () => {
    const open = openGate();
    const approval = await grantOf(open);
    expect(open.starts()).toEqual([]);
    const ran = await call(open, "kubectl_scale", { ...scale, approval }, { callId: "call-run" });
    expect(ran).toMatchObject({ code: "ok", outcome: "succeeded" });
    expect(open.starts()).toHaveLength(1);
    const again = await call(open, "kubectl_scale", { ...scale, approval }, { callId: "call-again" });
    expect(again).toMatchObject({ code: "grant_invalid", outcome: "denied" });
    expect(again.reasons).toEqual([
      expect.objectContaining({ rule: "approval/spent", message: "This grant was spent by call call-run." }),
    ]);
    expect(open.starts()).toHaveLength(1);
    expect(open.heard.approvals).toEqual(["requested", "approved", "used", "spent"]);
  });

  it("is in the audit from the request to the outcome, without a token in it", async () => {
    const open = openGate();
    const request = await requestOf(open);
    const more = { on_behalf_of: "anna via telegram", note: "load test" };
    const { grant = "" } = await decide(open, request, "approve", more);
    await call(open, "kubectl_scale", { ...scale, approval: grant }, { callId: "call-run" });
    const records = open.records();
    expect(records.map(({ kind, code }) => [kind, code])).toEqual([
      ["decision", "ok"],
      ["approval", "approval_required"],
      ["outcome", "approval_required"],
      ["decision", "ok"],
      ["approval", "ok"],
      ["decision", "ok"],
      ["intent", undefined],
      ["outcome", "ok"],
    ]);
    expect(records[1]).toMatchObject({ details: { state: "requested", approver_roles: ["approver"] } });
    expect(records[4]).toMatchObject({
      principal: { id: "approver" },
      plan_digest: records[1]?.["plan_digest"],
      details: {
        state: "approved",
        requester: "n8n",
        requested_tool: "kubectl_scale",
        on_behalf_of_claimed: "anna via telegram",
        note: "load test",
      },
    });
    expect(records[5]).toMatchObject({ input: { call: { approved_by: "approver" } } });
    expect(records[6]).toMatchObject({ details: { approval: { approved_by: "approver" } } });
    const text = JSON.stringify(records);
    for (const token of [request, grant]) for (const part of token.split(".")) expect(text).not.toContain(part);
  });

  it("says that only this process knows of it, and says nothing of the kind over a shared ledger", async () => {
    const told = async (open: OpenGate) => (await call(open, "kubectl_scale", scale)).reasons?.[0]?.message;
    expect(await told(openGate())).toContain("AISRE_APPROVAL_LEDGER=memory");
    const api = await startLeaseApi();
    expect(await told(withApprovals({ ledger: createKubernetesLedger(api.leases(), clock) }))).not.toContain("memory");
  });

  it("gives a repeated approval the same grant, and a verdict after the other one nothing", async () => {
    const open = openGate();
    const request = await requestOf(open);
    const first = await decide(open, request);
    const again = await decide(open, request);
    expect(again.grant).toBe(first.grant);
    expect(again.stdout).toContain("before; the first verdict is final");
    expect(await decide(open, request, "deny")).toMatchObject({ code: "grant_invalid" });
    expect(rulesOf(await decide(open, request, "deny"))).toEqual(["approval/decided"]);
  });

  it("never runs after it was denied", async () => {
    const open = openGate();
    const request = await requestOf(open);
    const denied = await decide(open, request, "deny");
    expect(denied).toMatchObject({ code: "ok" });
    expect(denied).not.toHaveProperty("grant");
    const after = await decide(open, request);
    expect(rulesOf(after)).toEqual(["approval/decided"]);
    expect(after).not.toHaveProperty("grant");
    expect(open.starts()).toEqual([]);
    expect(open.heard.approvals).toEqual(["requested", "declined", "decided"]);
  });

  it("asks nobody for a dry run, and a dry run spends nothing", async () => {
    const open = openGate();
    const approval = await grantOf(open, "kubectl_rollout_undo", { resource: "deploy", name: "web", to_revision: 1 });
    const same = { resource: "deploy", name: "web", to_revision: 1, approval };
    expect(await call(open, "kubectl_rollout_undo", { ...same, dry_run: true })).toMatchObject({
      code: "grant_invalid",
    });
    expect(await call(open, "kubectl_rollout_undo", same)).toMatchObject({ code: "ok" });
  });
});

describe("a grant is worth nothing", () => {
  const cases: readonly (readonly [string, string, (open: OpenGate, approval: string) => Promise<Outcome>])[] = [
    [
      "for other arguments",
      "other-plan",
      (o, approval) => call(o, "kubectl_scale", { ...scale, replicas: 4, approval }),
    ],
    [
      "for another namespace",
      "other-plan",
      (o, approval) => call(o, "kubectl_scale", { ...scale, name: "api", approval }),
    ],
    [
      "by another tool, though the plan is the same",
      "other-plan",
      (o, approval) => call(o, "cli_tool", { command: "kubectl scale deployment web --replicas=3", approval }),
    ],
    [
      "for somebody else",
      "other-principal",
      (o, approval) => call(o, "kubectl_scale", { ...scale, approval }, { id: "other" }),
    ],
    [
      "when it was altered",
      "altered",
      (o, approval) => call(o, "kubectl_scale", { ...scale, approval: flip(approval) }),
    ],
    ["when it was made up", "forged", (o) => call(o, "kubectl_scale", { ...scale, approval: "eyJ.a.b" })],
    [
      "when it is the request itself",
      "forged",
      async (o) => call(o, "kubectl_scale", { ...scale, approval: await requestOf(o) }),
    ],
    [
      "of another key, even where nobody has to approve",
      "forged",
      async (o) => {
        const foreign = await grantOf(withApprovals({}));
        return call(o, "kubectl_rollout_restart", { resource: "deploy", name: "web", approval: foreign });
      },
    ],
  ];

  it.each(cases)("%s", async (_name, problem, use) => {
    const open = openGate();
    const approval = await grantOf(open);
    const outcome = await use(open, approval);
    expect(outcome).toMatchObject({ code: "grant_invalid", outcome: "denied" });
    expect(rulesOf(outcome)).toEqual([`approval/${problem}`]);
    expect(open.starts()).toEqual([]);
    expect(open.heard.approvals.at(-1)).toBe(problem);
    // And it is still good for what it was given for.
    expect(await call(open, "kubectl_scale", { ...scale, approval })).toMatchObject({ code: "ok" });
  });

  it("in another cluster, though key and plan are the same", async () => {
    const key = deriveApprovalKey(randomBytes(32));
    const inCluster = (id: string) => withApprovals({ key, cluster: async () => ({ id, context: "prod" }) });
    const approval = await grantOf(inCluster("a"));
    const elsewhere = inCluster("b");
    expect(rulesOf(await call(elsewhere, "kubectl_scale", { ...scale, approval }))).toEqual(["approval/other-cluster"]);
    expect(elsewhere.starts()).toEqual([]);
  });

  it("after its time", async () => {
    let ms = clock.now();
    const open = withApprovals({ clock: { now: () => ms } });
    const approval = await grantOf(open);
    ms += 900_000;
    expect(rulesOf(await call(open, "kubectl_scale", { ...scale, approval }))).toEqual(["approval/expired"]);
    expect(open.starts()).toEqual([]);
  });

  it("where policy denies now, and the answer says both", async () => {
    const key = deriveApprovalKey(randomBytes(32));
    const approval = await grantOf(withApprovals({ key }));
    const stricter = withApprovals({ key }, { site: { max_replicas: 2 } });
    const outcome = await call(stricter, "kubectl_scale", { ...scale, approval });
    expect(outcome).toMatchObject({ code: "grant_invalid", decision: { effect: "deny" } });
    expect(rulesOf(outcome)).toEqual(["kubectl/replicas", "approval/denied"]);
    expect(stricter.starts()).toEqual([]);
    expect(stricter.heard.approvals).toEqual(["denied"]);
  });

  it("where its approver holds no role that suffices any more", async () => {
    const key = deriveApprovalKey(randomBytes(32));
    const approval = await grantOf(withApprovals({ key }));
    const without = withApprovals({ key, rolesOf: () => [] });
    expect(rulesOf(await call(without, "kubectl_scale", { ...scale, approval }))).toEqual(["approval/roles"]);
    expect(without.starts()).toEqual([]);
  });

  it("and is good under another revision of the policy that still allows", async () => {
    const key = deriveApprovalKey(randomBytes(32));
    const approval = await grantOf(withApprovals({ key }));
    const other = withApprovals({ key }, { site: { max_replicas: 7 } });
    expect(await call(other, "kubectl_scale", { ...scale, approval })).toMatchObject({ code: "ok" });
  });
});

describe("who decides", () => {
  it.each([
    ["the requester himself", { id: "n8n", roles: ["approver"] as const }, "approve/not-your-own"],
    ["an operator", { id: "other", roles: ["operator"] as const }, "approve/role"],
    ["a viewer", { id: "other", roles: ["viewer"] as const }, "guard/tool-not-listed"],
    ["an admin", { id: "root", roles: ["admin"] as const }, "approve/role"],
  ])("is not %s", async (_name, who, rule) => {
    const open = openGate();
    const request = await requestOf(open);
    const outcome = await call(open, "approval_decide", { request, verdict: "approve" }, who);
    expect(outcome).toMatchObject({ code: "denied" });
    expect(rulesOf(outcome)).toContain(rule);
    expect(outcome).not.toHaveProperty("grant");
  });

  it("is an approver, who may do nothing else", async () => {
    const open = openGate();
    expect([...open.gate.visible(toCall("x", {}, byApprover).principal)].sort()).toEqual([
      "approval_decide",
      "health_check",
    ]);
    const approval = await grantOf(open);
    expect(await call(open, "kubectl_scale", { ...scale, approval }, byApprover)).toMatchObject({ code: "denied" });
    expect(open.starts()).toEqual([]);
  });

  it.each([
    ["made up", (token: string) => `${token.slice(0, 20)}x`, "approval/forged"],
    ["altered", flip, "approval/altered"],
  ])("is told that a request is %s", async (_name, spoil, rule) => {
    const open = openGate();
    const outcome = await decide(open, spoil(await requestOf(open)));
    expect(outcome).toMatchObject({ code: "grant_invalid", decision: { effect: "deny", rules: [] } });
    expect(rulesOf(outcome)).toEqual([rule]);
    expect(JSON.stringify(open.records())).not.toContain((await requestOf(open)).split(".")[1]);
  });

  it("sends no credential in a note", async () => {
    const open = openGate();
    const outcome = await decide(open, await requestOf(open), "approve", { note: "AKIAIOSFODNN7EXAMPLE" });
    expect(rulesOf(outcome)).toContain("guard/no-credentials");
  });
});

describe("a ledger that does not answer", () => {
  const broken: Approvals["spend"] = () => Promise.reject(new LedgerUnavailable("it is away"));

  it("lets nothing run, and the grant is good later", async () => {
    let isBroken = true;
    const open = openGate({
      replace: () => {
        const approvals = openApprovals({ clock });
        return {
          approvals: { ...approvals, spend: (...given) => (isBroken ? broken(...given) : approvals.spend(...given)) },
        };
      },
    });
    const approval = await grantOf(open);
    expect(await call(open, "kubectl_scale", { ...scale, approval })).toMatchObject({
      code: "approval_unavailable",
      outcome: "unavailable",
    });
    expect(open.starts()).toEqual([]);
    isBroken = false;
    expect(await call(open, "kubectl_scale", { ...scale, approval })).toMatchObject({ code: "ok" });
  });

  it("gives no grant", async () => {
    const api = await startLeaseApi();
    const open = withApprovals({ ledger: createKubernetesLedger(api.leases(), clock) });
    const request = await requestOf(open);
    api.fails = 403;
    const outcome = await decide(open, request);
    expect(outcome).toMatchObject({ code: "approval_unavailable" });
    expect(outcome.reasons?.[0]?.message).toContain("does not let this server create Leases in namespace ai-sre");
    expect(outcome).not.toHaveProperty("grant");
  });
});

describe("a grant costs nothing", () => {
  it("when there was no slot", async () => {
    const open = openGate({ slots: { maxConcurrency: 1, maxQueue: 0 } });
    const approval = await grantOf(open);
    const slot = Promise.withResolvers<void>();
    const holding = open.ports.slots.take({ principal: "x", binaries: [], signal: never() }, () => slot.promise);
    expect(await call(open, "kubectl_scale", { ...scale, approval })).toMatchObject({ code: "busy" });
    slot.resolve();
    await holding;
    expect(await call(open, "kubectl_scale", { ...scale, approval })).toMatchObject({ code: "ok" });
  });

  it("when the caller went away before it was spent", async () => {
    const slot = Promise.withResolvers<void>();
    const open = openGate({ slots: { maxConcurrency: 1, maxQueue: 4 } });
    const approval = await grantOf(open);
    const holding = open.ports.slots.take({ principal: "x", binaries: [], signal: never() }, () => slot.promise);
    const caller = new AbortController();
    const waiting = open.gate.call(toCall("kubectl_scale", { ...scale, approval }), caller.signal);
    await expect.poll(() => open.ports.slots.waiting).toBe(1);
    caller.abort();
    expect(await waiting).toMatchObject({ code: "cancelled" });
    slot.resolve();
    await holding;
    expect(await call(open, "kubectl_scale", { ...scale, approval })).toMatchObject({ code: "ok" });
  });

  it("when the object changed between the two looks, nor when it changed before the first", async () => {
    const images: string[] = [];
    const open = openGate({
      replace: ({ execution }) => ({
        execution: {
          ...execution,
          run: (request) => {
            const isLook = request.step.stages[0]?.argv[1] === "get";
            return isLook ? Promise.resolve(shows(images.shift() ?? "web:1")) : execution.run(request);
          },
        },
      }),
    });
    const apply = { manifest: JSON.stringify(deployment("web:2")) };
    const approval = await grantOf(open, "kubectl_apply", apply);
    const again = () => call(open, "kubectl_apply", { ...apply, approval });
    images.push("web:1", "web:7");
    expect(await again()).toMatchObject({ code: "state_changed" });
    images.push("web:7");
    expect(rulesOf(await again())).toEqual(["approval/other-plan"]);
    expect(open.heard.approvals).not.toContain("used");
    expect(open.starts()).toEqual([]);
    expect(await again()).toMatchObject({ code: "ok" });
    expect(open.starts()).toHaveLength(1);
  });
});

const deployment = (image: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
  },
});

const shows = (image: string): StepOutcome => ({
  ended: "exited",
  stages: [{ argv: [], exitCode: 0, answered: true, startedAtMs: 0, durationMs: 0, truncated: false }],
  stdout: JSON.stringify(deployment(image)),
  stderr: "",
  truncated: false,
  redactions: {},
  durationMs: 0,
});

const git = { repositories: ["o/r"] };

function treeOf(facts: () => { readonly clean: boolean; readonly head?: string }): WorkTree {
  const observed = (): Observed => ({
    repository: {
      remoteUrl: "https://github.com/o/r.git",
      head: "1".repeat(40),
      base: "2".repeat(40),
      refs: { HEAD: "1".repeat(40) },
      ...facts(),
    },
    repositories: ["o/r"],
    changedPaths: ["app.yaml"],
  });
  const look = async () => ({ ok: true as const, observed: observed() });
  const held: HeldWorkTree = {
    folder: "/",
    observe: look,
    change: async () => ({}),
    committed: async () => undefined,
    release: async () => {},
  };
  return { observe: look, hold: async () => held };
}

describe("what was approved and has changed by a little does not run", () => {
  it.each([
    [
      "one byte of standard input",
      "cli_tool",
      { command: "kubectl apply -f -", stdin: configMap("a") },
      { stdin: configMap("b") },
    ],
    ["one byte of a manifest", "kubectl_apply", { manifest: configMap("a") }, { manifest: configMap("b") }],
    ["one letter of a name", "kubectl_scale", scale, { name: "wed" }],
  ])("%s", async (_name, tool, raw, change) => {
    const open = openGate();
    const approval = await grantOf(open, tool, raw);
    expect(rulesOf(await call(open, tool, { ...raw, ...change, approval }))).toEqual(["approval/other-plan"]);
    expect(open.starts().filter(({ argv }) => argv.includes("apply") || argv.includes("scale"))).toEqual([]);
  });

  it("HEAD, between the approval and the push", async () => {
    let head = "1".repeat(40);
    const open = openGate({
      site: git,
      replace: ({ execution }) => ({
        workTree: treeOf(() => ({ clean: true, head })),
        // The fixtures have no git of their own; what is not there is not asked for.
        execution: { ...execution, availability: () => ({ available: true, path: "/bin/git", version: "2" }) },
      }),
    });
    const push = { command: "git push origin HEAD:refs/heads/ai-sre/fix-1" };
    const approval = await grantOf(open, "cli_tool", push);
    head = "3".repeat(40);
    expect(rulesOf(await call(open, "cli_tool", { ...push, approval }))).toEqual(["approval/other-plan"]);
  });
});

function configMap(value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: default}\ndata: {key: "${value}"}\n`;
}

describe("one grant fired two hundred times at three replicas", () => {
  it("runs once", async () => {
    const api = await startLeaseApi();
    const key = deriveApprovalKey(randomBytes(32));
    const replica = () =>
      withApprovals(
        { key, ledger: createKubernetesLedger(api.leases(), clock) },
        {
          slots: { maxConcurrency: 64, maxQueue: 400 },
          site: {
            rate_limit: { per_principal: "9999/1s", burst: 9999 },
            change_budget: { per_principal: "999/1m", per_namespace: "999/1m" },
          },
        },
      );
    const replicas = [replica(), replica(), replica()] as const;
    const approval = await grantOf(replicas[0]);
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        call(replicas[at % 3] ?? replicas[0], "kubectl_scale", { ...scale, approval }, { callId: `call-${at}` }),
      ),
    );
    const ran = outcomes.filter(({ code }) => code === "ok");
    expect(ran).toHaveLength(1);
    expect(replicas.flatMap((one) => one.starts())).toHaveLength(1);
    const others = outcomes.filter(({ code }) => code !== "ok");
    expect(new Set(others.map(({ code }) => code))).toEqual(new Set(["grant_invalid"]));
    expect(new Set(others.flatMap(({ reasons }) => reasons?.map(({ message }) => message)))).toEqual(
      new Set([`This grant was spent by call ${ran[0]?.callId}.`]),
    );
  });
});

/** One character in the middle of the claims. */
function flip(token: string): string {
  const at = token.indexOf(".") + 40;
  return `${token.slice(0, at)}${token.charAt(at) === "A" ? "B" : "A"}${token.slice(at + 1)}`;
}
