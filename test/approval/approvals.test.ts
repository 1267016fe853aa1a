// The life of one approval without the gate: asked, decided, checked, spent; and every way in which it is worth nothing.
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deriveApprovalKey } from "../../src/approval/key.ts";
import { createKubernetesLedger } from "../../src/approval/kubernetes-ledger.ts";
import { openApprovals } from "../helpers/approvals.ts";
import { startLeaseApi } from "../helpers/lease-api.ts";
import { approver, ask, decide, grantFor, planOf, requester, scale, useOf } from "./setup.ts";

const startMs = Date.UTC(2026, 0, 1);
const heldClock = () => {
  const clock = { ms: startMs, now: () => clock.ms, monotonic: () => clock.ms };
  return clock;
};

describe("an approval", () => {
  it("permits what was asked, to whoever asked, once", async () => {
    const approvals = openApprovals();
    const grant = await grantFor(approvals);
    const checked = await approvals.check(grant, useOf());
    expect(checked).toMatchObject({ ok: true, value: { approver: { id: "alice", roles: ["approver"] } } });
    if (!checked.ok) return;
    expect(await approvals.spend(checked.value, "call-1")).toMatchObject({ ok: true });
    expect(await approvals.spend(checked.value, "call-2")).toMatchObject({
      ok: false,
      problem: "spent",
      message: expect.stringContaining("call-1"),
    });
  });

  it("gives the same grant again, byte for byte, to whoever approves later", async () => {
    const clock = heldClock();
    const approvals = openApprovals({ clock });
    const { request } = await ask(approvals);
    const first = await decide(approvals, request, { verdict: "approve" });
    clock.ms += 5000;
    const second = await decide(approvals, request, { verdict: "approve" }, { ...approver, id: "bob" });
    expect(second).toEqual({ ok: true, value: { ...(first.ok ? first.value : {}), first: false } });
  });

  it.each([
    ["approve", "deny"],
    ["deny", "approve"],
  ] as const)("is final: after %s comes no %s", async (before, after) => {
    const approvals = openApprovals();
    const { request } = await ask(approvals);
    expect(await decide(approvals, request, { verdict: before })).toMatchObject({ ok: true, value: { first: true } });
    expect(await decide(approvals, request, { verdict: after })).toMatchObject({ ok: false, problem: "decided" });
    expect(await decide(approvals, request, { verdict: before })).toMatchObject({ ok: true, value: { first: false } });
  });

  it("is never given by whoever asked, whatever roles he holds", async () => {
    const approvals = openApprovals();
    const { request } = await ask(approvals);
    const self = { ...requester, roles: ["approver", "admin"] as const };
    expect(await decide(approvals, request, { verdict: "approve" }, self)).toMatchObject({ problem: "own-request" });
    expect(await decide(approvals, request, { verdict: "approve" })).toMatchObject({
      ok: true,
      value: { first: true },
    });
  });

  it("needs the digest where a message cannot hold the plan", async () => {
    const approvals = openApprovals();
    const stdin = Array.from({ length: 400 }, (_, at) => `line number ${at} of a long text`).join("\n");
    const { request, summary } = await ask(approvals, planOf({ argv: ["grep", "x"], stdin }));
    expect(summary).toContain("cannot be approved from here");
    expect(summary).toContain("ai-sre approve show");
    expect(await decide(approvals, request, { verdict: "approve" })).toMatchObject({ problem: "unseen" });
    const other = { verdict: "approve", digest: "0".repeat(64) } as const;
    expect(await decide(approvals, request, other)).toMatchObject({ problem: "unseen" });
    const { digest } = planOf({ argv: ["grep", "x"], stdin });
    expect(await decide(approvals, request, { verdict: "approve", digest })).toMatchObject({ ok: true });
  });

  it("may be denied without having been looked at", async () => {
    const approvals = openApprovals();
    const { request } = await ask(approvals, planOf({ argv: ["grep", "x"], stdin: "y\n".repeat(4000) }));
    expect(await decide(approvals, request, { verdict: "deny" })).toMatchObject({ ok: true });
  });
});

describe("a token that is worth nothing", () => {
  it("has expired, from its very second on; a request and a grant alike", async () => {
    const clock = heldClock();
    const approvals = openApprovals({ clock });
    const { request } = await ask(approvals, scale(), 600);
    const grant = await grantFor(approvals, scale(), 600);
    clock.ms = startMs + 599_999;
    expect(await approvals.read(request)).toMatchObject({ ok: true });
    expect(await approvals.check(grant, useOf())).toMatchObject({ ok: true });
    clock.ms = startMs + 600_000;
    expect(await approvals.read(request)).toMatchObject({ problem: "expired" });
    expect(await approvals.check(grant, useOf())).toMatchObject({ problem: "expired" });
  });

  it("was approved at the last moment and has five minutes still", async () => {
    const clock = heldClock();
    const approvals = openApprovals({ clock });
    const { request } = await ask(approvals, scale(), 60);
    clock.ms += 59_000;
    const decided = await decide(approvals, request, { verdict: "approve" });
    const token = decided.ok ? (decided.value.grant?.token ?? "") : "";
    clock.ms += 299_000;
    expect(await approvals.check(token, useOf())).toMatchObject({ ok: true });
    clock.ms += 1000;
    expect(await approvals.check(token, useOf())).toMatchObject({ problem: "expired" });
  });

  it("was made by a clock that is far ahead", async () => {
    const clock = heldClock();
    const key = deriveApprovalKey(randomBytes(32));
    const ahead = openApprovals({ key, clock: { now: () => clock.ms + 31_000 } });
    const near = openApprovals({ key, clock: { now: () => clock.ms + 30_000 } });
    const here = openApprovals({ key, clock });
    expect(await here.read((await ask(ahead)).request)).toMatchObject({ problem: "early" });
    expect(await here.read((await ask(near)).request)).toMatchObject({ ok: true });
  });

  it("is somebody else's, for another tool, or for another plan", async () => {
    const approvals = openApprovals();
    const grant = await grantFor(approvals);
    const use = useOf();
    expect(await approvals.check(grant, { ...use, requester: "other" })).toMatchObject({ problem: "other-principal" });
    expect(await approvals.check(grant, { ...use, tool: "cli_tool" })).toMatchObject({ problem: "other-plan" });
    expect(await approvals.check(grant, { ...use, digest: scale(4).digest })).toMatchObject({ problem: "other-plan" });
    expect(await approvals.check(grant, use)).toMatchObject({ ok: true });
  });

  it("is for files of which one byte is another now", async () => {
    const approvals = openApprovals();
    const commit = (content: string) => planOf({ files: [{ path: "apps/web.yaml", content }] });
    const { request, summary } = await ask(approvals, commit("replicas: 2\n"));
    expect(summary).toContain("| replicas: 2");
    const decided = await decide(approvals, request, { verdict: "approve" });
    const token = decided.ok ? (decided.value.grant?.token ?? "") : "";
    expect(await approvals.check(token, useOf(commit("replicas: 3\n")))).toMatchObject({ problem: "other-plan" });
    expect(await approvals.check(token, useOf(commit("replicas: 2\n")))).toMatchObject({ ok: true });
  });

  it("is another cluster's, another context's, another process's, another key's", async () => {
    const key = deriveApprovalKey(randomBytes(32));
    const inCluster = (id: string, context: string, process: string) =>
      openApprovals({ key, process, cluster: async () => ({ id, context }) });
    const here = inCluster("a", "prod", "p1");
    const grant = await grantFor(here);
    const { request } = await ask(here);
    const others = { "other-cluster": [inCluster("b", "prod", "p1"), inCluster("a", "test", "p1")] };
    for (const other of others["other-cluster"]) {
      expect(await other.check(grant, useOf())).toMatchObject({ problem: "other-cluster" });
      expect(await other.read(request)).toMatchObject({ problem: "other-cluster" });
    }
    expect(await inCluster("a", "prod", "p2").check(grant, useOf())).toMatchObject({ problem: "other-process" });
    expect(await openApprovals().check(grant, useOf())).toMatchObject({ problem: "forged" });
  });

  it("is a request where a grant belongs, and the reverse", async () => {
    const approvals = openApprovals();
    const { request } = await ask(approvals);
    expect(await approvals.check(request, useOf())).toMatchObject({ problem: "forged" });
    expect(await approvals.read(await grantFor(approvals))).toMatchObject({ problem: "forged" });
  });

  it("keeps only the roles that the approver still holds", async () => {
    let roles: readonly string[] = ["approver"];
    const approvals = openApprovals({ rolesOf: () => roles });
    const grant = await grantFor(approvals);
    roles = [];
    expect(await approvals.check(grant, useOf())).toMatchObject({ ok: true, value: { approver: { roles: [] } } });
  });
});

describe("replicas that share a ledger", () => {
  it("know each other's verdicts and spendings, and give the same grant", async () => {
    const api = await startLeaseApi();
    const clock = heldClock();
    const key = deriveApprovalKey(randomBytes(32));
    const replica = () => openApprovals({ key, clock, ledger: createKubernetesLedger(api.leases(), clock) });
    const [one, two, three] = [replica(), replica(), replica()];
    const { request } = await ask(one);
    const first = await decide(two, request, { verdict: "approve" });
    const again = await decide(three, request, { verdict: "approve" }, { ...approver, id: "bob" });
    const token = first.ok ? first.value.grant?.token : undefined;
    expect(again).toMatchObject({ ok: true, value: { first: false, by: "alice", grant: { token } } });
    const checked = await three.check(token ?? "", useOf());
    if (!checked.ok) throw new Error(checked.message);
    expect(await three.spend(checked.value, "call-3")).toMatchObject({ ok: true });
    expect(await one.spend(checked.value, "call-1")).toMatchObject({ problem: "spent" });
    // The answer to a writing that succeeded may get lost: the same call asks again and is told that it was itself.
    expect(await two.spend(checked.value, "call-3")).toMatchObject({ ok: true });
  });
});
