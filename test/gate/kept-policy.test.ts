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
});
