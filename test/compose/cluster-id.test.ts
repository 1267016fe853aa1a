// The cluster's id: asked once, by a command of the server's own, and empty until a whole uid came back.
import { describe, expect, it } from "vitest";
import { createClusterId, learning } from "../../src/compose/cluster-id.ts";
import type { Execution, StepRequest } from "../../src/domain/ports.ts";

const uid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

/** Answers like kubectl with these texts, one after the other. */
function answering(...texts: readonly (string | undefined)[]) {
  const asked: StepRequest[] = [];
  const execution: Execution = {
    availability: () => ({ available: true, path: "/bin/kubectl", version: "1.35.0" }),
    run: async (request) => {
      const stdout = texts[asked.length];
      asked.push(request);
      const stages = request.step.stages.map(({ argv }) => ({
        argv,
        startedAtMs: 0,
        durationMs: 0,
        truncated: false,
        answered: stdout !== undefined,
      }));
      return {
        ended: "exited",
        stages,
        stdout: stdout ?? "",
        stderr: "",
        truncated: false,
        redactions: {},
        durationMs: 0,
      };
    },
  };
  return { execution, asked };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the cluster's id", () => {
  it("is the uid of kube-system, asked once however often somebody wants to know", async () => {
    const { execution, asked } = answering(uid);
    const id = createClusterId(execution, { monotonic: () => 0 });
    expect(id.current()).toBe("");
    id.learn();
    id.learn();
    await settled();
    id.learn();
    expect(id.current()).toBe(uid);
    expect(asked.map(({ step }) => step.stages[0]?.argv.filter((word) => !word.startsWith("-")))).toEqual([
      ["kubectl", "get", "namespaces", "kube-system"],
    ]);
  });

  it("is waited for by whoever needs it, once for all", async () => {
    const { execution, asked } = answering(uid);
    const id = createClusterId(execution, { monotonic: () => 0 });
    expect(await Promise.all([id.known(), id.known(), id.known()])).toEqual([uid, uid, uid]);
    expect(asked).toHaveLength(1);
    const silent = answering(undefined);
    expect(await createClusterId(silent.execution, { monotonic: () => 0 }).known()).toBe("");
  });

  it.each([
    ["no answer", undefined],
    ["no uid", "Error from server (Forbidden)"],
    ["two of them", `${uid} ${uid}`],
  ])("stays empty with %s, and is asked again after a while, when the cluster answers", async (_name, text) => {
    const { execution, asked } = answering(text, uid);
    const time = { ms: 0 };
    const id = createClusterId(execution, { monotonic: () => time.ms });
    id.learn();
    await settled();
    expect(id.current()).toBe("");
    time.ms = 299_999;
    id.learn();
    time.ms = 300_000;
    expect(await learning(id, async () => ({ reachable: false }))()).toEqual({ reachable: false });
    expect(asked).toHaveLength(1);
    await learning(id, async () => ({ reachable: true }))();
    await settled();
    expect(id.current()).toBe(uid);
  });

  it("is not asked without kubectl", () => {
    const { execution, asked } = answering(uid);
    const none = { ...execution, availability: () => ({ available: false, reason: "none" }) as const };
    createClusterId(none, { monotonic: () => 0 }).learn();
    expect(asked).toEqual([]);
  });
});
