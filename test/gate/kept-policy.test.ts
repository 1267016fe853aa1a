// A call is judged by the policy that it began with, to its end: what comes into force meanwhile is for the next call.
import { describe, expect, it } from "vitest";
import { createGate } from "../../src/gate.ts";
import type { GatePorts } from "../../src/gate/ports.ts";
import type { WorkTree } from "../../src/domain/ports.ts";
import { never, openGate, toCall } from "./setup.ts";

describe("a policy that is replaced while a call is under way", () => {
  it("judges the next call, and not the rest of this one", async () => {
    const [{ ports }, { ports: later }] = [
      openGate({ site: { repositories: ["o/r"] } }),
      openGate({ site: { repositories: ["o/r"], mode: "frozen" } }),
    ];
    let inForce: Pick<GatePorts, "policy" | "settings"> = ports;
    const replacing: WorkTree = {
      observe: async () => {
        inForce = later;
        return { ok: true, observed: { repositories: ["o/r"], changedPaths: [] } };
      },
      hold: () => Promise.reject(new Error("nothing is held")),
    };
    const gate = createGate({
      ...ports,
      workTree: replacing,
      get policy() {
        return inForce.policy;
      },
      get settings() {
        return inForce.settings;
      },
    });
    const outcomes = [];
    for (let turn = 0; turn < 2; turn += 1) outcomes.push(await gate.call(toCall("git_log", {}), never()));
    const [first, second] = outcomes;
    expect(first?.decision.policyRevision).toBe(ports.policy.revision);
    expect(first?.reasons?.map(({ rule }) => rule)).not.toContain("guard/frozen");
    expect(second?.decision.policyRevision).toBe(later.policy.revision);
    expect(second?.reasons?.map(({ rule }) => rule)).toContain("guard/frozen");
  });

  it("does not let a commit begin that waited for the clone meanwhile", async () => {
    const site = { repositories: ["o/r"] };
    const [{ ports }, { ports: later }] = [openGate({ site }), openGate({ site: { ...site, mode: "frozen" } })];
    let inForce: Pick<GatePorts, "policy" | "settings"> = ports;
    const id = "a".repeat(40);
    const repository = { remoteUrl: "https://github.com/o/r", clean: true, head: id, base: id, refs: {} };
    const seen = { ok: true, observed: { repository, repositories: ["o/r"], changedPaths: ["a.txt"] } } as const;
    const waiting: WorkTree = {
      observe: () => Promise.resolve(seen),
      hold: async () => {
        inForce = later;
        return {
          folder: "/nowhere",
          observe: () => Promise.resolve(seen),
          change: () => Promise.reject(new Error("a file was changed")),
          committed: () => Promise.resolve(undefined),
          release: () => Promise.resolve(),
        };
      },
    };
    const gate = createGate({
      ...ports,
      workTree: waiting,
      execution: { ...ports.execution, availability: () => ({ available: true, path: "/usr/bin/git", version: "2" }) },
      get policy() {
        return inForce.policy;
      },
      get settings() {
        return inForce.settings;
      },
    });
    const commit = { message: "fix", changes: [{ path: "a.txt", content: "x" }], branch: "ai-sre/x" };
    expect(await gate.call(toCall("git_commit", commit), never())).toMatchObject({
      code: "state_changed",
      reasons: [{ message: expect.stringContaining("Another policy") }],
    });
  });

  it("does not let a change begin that waited for its turn meanwhile; a read does", async () => {
    const [{ ports }, { ports: later }] = [openGate(), openGate({ site: { mode: "frozen" } })];
    let inForce: Pick<GatePorts, "policy" | "settings"> = ports;
    const ran: string[] = [];
    const gate = createGate({
      ...ports,
      slots: {
        ...ports.slots,
        take: async (_request, work) => {
          inForce = later;
          return work();
        },
      },
      execution: {
        ...ports.execution,
        run: async ({ step }) => {
          ran.push(step.stages[0]?.verb[0] ?? "");
          return {
            ended: "exited",
            stages: [],
            stdout: "",
            stderr: "",
            truncated: false,
            redactions: {},
            durationMs: 1,
          };
        },
      },
      get policy() {
        return inForce.policy;
      },
      get settings() {
        return inForce.settings;
      },
    });
    const restart = toCall("kubectl_rollout_restart", { resource: "deployment", name: "web" });
    const stopped = await gate.call(restart, never());
    expect(stopped).toMatchObject({
      code: "state_changed",
      reasons: [{ message: expect.stringContaining("Call again") }],
    });
    inForce = ports;
    expect(await gate.call(toCall("kubectl_get", { resource: "pods" }), never())).toMatchObject({ code: "ok" });
    expect(ran).toEqual(["get"]);
  });
});
