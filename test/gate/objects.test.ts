// A manifest is judged against its object as it is: looked at before the judgement, by a read that the principal may do, and
// again before anything starts.
import { describe, expect, it } from "vitest";
import { AuditUnavailable } from "../../src/errors.ts";
import type { StepOutcome } from "../../src/domain/outcome.ts";
import { endedStage, never, openGate, type Replace, toCall, printed } from "./setup.ts";

const objectOf = (kind: string, pod: Record<string, unknown>, labels: Record<string, string> = {}) => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "web", namespace: "default", labels, uid: "u", resourceVersion: "7" },
  spec: { selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: pod } },
  status: { replicas: 1 },
});
const podWith = (secret: string, more: Record<string, unknown> = {}) => ({
  containers: [{ name: "web", image: "web:1", envFrom: [{ secretRef: { name: secret } }] }],
  ...more,
});

/** A cluster that shows these answers, one look after the other, and then the last one; everything that ran is kept. */
function cluster(...answers: readonly StepOutcome[]) {
  const ran: (readonly string[])[] = [];
  let looks = 0;
  const replace: Replace = ({ execution }) => ({
    execution: {
      ...execution,
      run: async ({ step }) => {
        const argv = step.stages[0]?.argv ?? [];
        ran.push(argv);
        if (argv[1] !== "get") return printed("deployment.apps/web configured (server dry run)\n");
        looks += 1;
        return answers[Math.min(looks, answers.length) - 1] ?? printed("");
      },
    },
  });
  return { ran, replace };
}

const objects = (...names: readonly string[]) => ({
  apiVersion: "v1",
  kind: "List",
  items: names.map((name) => ({ ...objectOf("Deployment", podWith("db")), metadata: { name } })),
});
const live = (pod: Record<string, unknown>, labels?: Record<string, string>) =>
  printed(JSON.stringify(objectOf("Deployment", pod, labels)));
const apply = (pod: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  toCall("kubectl_apply", { manifest: JSON.stringify(objectOf("Deployment", pod)), ...more });

describe("the object that a manifest would change", () => {
  it("is looked at by name, in its namespace, before policy decides", async () => {
    const { ran, replace } = cluster(live(podWith("db")));
    const { gate } = openGate({ replace });
    expect(await gate.call(apply(podWith("db")), never())).toMatchObject({ code: "approval_required" });
    expect(ran[0]).toEqual(
      expect.arrayContaining(["kubectl", "get", "--namespace=default", "--output=json", "deployments.apps", "web"]),
    );
  });

  it.each([
    ["a Secret that it does not use", podWith("other"), "kubectl/apply-no-secrets"],
    ["another account", podWith("db", { serviceAccountName: "admin" }), "kubectl/apply-identity"],
  ])("may not get %s", async (_what, pod, rule) => {
    const { replace } = cluster(live(podWith("db", { serviceAccountName: "web" })));
    const { gate } = openGate({ replace });
    expect(await gate.call(apply(pod), never())).toMatchObject({ code: "denied", reasons: [{ rule }] });
  });

  it("may keep its account and its Secrets", async () => {
    const pod = podWith("db", { serviceAccountName: "web" });
    const { replace } = cluster(live(pod));
    const { gate } = openGate({ replace });
    expect(await gate.call(apply(pod), never())).toMatchObject({ code: "approval_required" });
  });

  it("is left to whoever keeps it, though the manifest does not say so", async () => {
    const { replace } = cluster(live(podWith("db"), { "kustomize.toolkit.fluxcd.io/name": "apps" }));
    const { gate } = openGate({ replace });
    const outcome = await gate.call(apply(podWith("db")), never());
    expect(outcome).toMatchObject({ code: "denied", reasons: [{ rule: "kubectl/apply-owner" }] });
  });

  it("lends the manifest nothing when it is not there", async () => {
    const { replace } = cluster(printed(""));
    const { gate } = openGate({ replace });
    const outcome = await gate.call(apply(podWith("db")), never());
    expect(outcome).toMatchObject({ code: "denied", reasons: [{ rule: "kubectl/apply-no-secrets" }] });
  });

  it.each([
    ["cannot be read", printed("", { stages: [{ ...endedStage, exitCode: 1, answered: false }] })],
    ["is too large to be read whole", { ...live(podWith("db")), truncated: true }],
    ["is not JSON", printed("No resources found")],
    ["is two objects", printed(JSON.stringify(objects("a", "b")))],
    ["has no name", printed(JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: {} }))],
  ])("is not known when it %s, and nothing is changed", async (_how, answer) => {
    const { replace } = cluster(answer);
    const { gate } = openGate({ replace });
    const outcome = await gate.call(apply({ containers: [] }), never());
    expect(outcome).toMatchObject({ code: "denied", reasons: [{ rule: "kubectl/apply-unseen" }] });
  });

  it("says whose it is even when a field of it is not known, and lends nothing then", async () => {
    const odd = (labels: Record<string, string>) => live(podWith("db", { nodeName: "n" }), labels);
    const kept = openGate({ replace: cluster(odd({ "kustomize.toolkit.fluxcd.io/name": "apps" })).replace });
    const owned = await kept.gate.call(apply({ containers: [] }), never());
    expect(owned).toMatchObject({ code: "denied", reasons: [{ rule: "kubectl/apply-owner" }] });
    const free = openGate({ replace: cluster(odd({})).replace });
    const lent = await free.gate.call(apply(podWith("db")), never());
    expect(lent).toMatchObject({ code: "denied", reasons: [{ rule: "kubectl/apply-no-secrets" }] });
  });

  it("is looked at on the record, and not without one", async () => {
    const { ran, replace } = cluster(live(podWith("db")));
    const { gate, records } = openGate({ replace });
    await gate.call(apply(podWith("db"), { dry_run: true }), never());
    const look = ["decision", "intent", "outcome"];
    expect(records().map(({ kind }) => kind)).toEqual([...look, "decision", ...look, "intent", "outcome"]);
    expect(ran).toHaveLength(3);

    const silent = cluster(live(podWith("db")));
    const broken: Replace = (real) => ({
      ...silent.replace(real),
      audit: { ...real.audit, append: () => Promise.reject(new AuditUnavailable("full")) },
    });
    const closed = openGate({ replace: broken });
    // What could not be looked at is not changed, and a refusal is answered even when it cannot be recorded.
    expect(await closed.gate.call(apply(podWith("db")), never())).toMatchObject({
      code: "denied",
      reasons: [{ rule: "kubectl/apply-no-secrets" }, { rule: "kubectl/apply-unseen" }],
    });
    expect(silent.ran).toEqual([]);
  });

  it("is not looked at where the principal may not read", async () => {
    const { ran, replace } = cluster(live(podWith("db")));
    const { gate } = openGate({ replace });
    const manifest = JSON.stringify({ ...objectOf("Deployment", podWith("db")), metadata: { name: "web" } });
    const outcome = await gate.call(toCall("kubectl_apply", { manifest, namespace: "kube-system" }), never());
    expect(outcome.code).toBe("denied");
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "db" } };
    await gate.call(toCall("kubectl_apply", { manifest: JSON.stringify(secret) }), never());
    expect(ran).toEqual([]);
  });

  it("is looked at again before anything starts", async () => {
    const same = cluster(live(podWith("db")));
    const first = openGate({ replace: same.replace });
    expect(await first.gate.call(apply(podWith("db"), { dry_run: true }), never())).toMatchObject({ code: "ok" });
    expect(same.ran.map(([, verb]) => verb)).toEqual(["get", "get", "apply"]);

    const moved = cluster(live(podWith("db")), live(podWith("other")));
    const second = openGate({ replace: moved.replace });
    const outcome = await second.gate.call(apply(podWith("db"), { dry_run: true }), never());
    expect(outcome).toMatchObject({ code: "state_changed", outcome: "failed" });
    expect(moved.ran.map(([, verb]) => verb)).toEqual(["get", "get"]);
  });

  it("takes a slot for the look, so that a flood of manifests starts no flood of processes", async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { ran, replace } = cluster(live(podWith("db")));
    const { gate, ports } = openGate({ replace, slots: { maxConcurrency: 1, maxQueue: 0 } });
    const busy = ports.slots.take({ principal: "other", binaries: ["kubectl"], signal: never() }, () => held);
    expect(await gate.call(apply(podWith("db")), never())).toMatchObject({ code: "busy" });
    expect(ran).toEqual([]);
    letGo();
    await busy;
  });
});
