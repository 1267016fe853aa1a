// Run exactly what was judged, tell each edge once, answer with frozen facts, and own up to a fault of our own.
import { describe, expect, it } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { hasTextTools, never, openGate, type Replace, toCall } from "./setup.ts";

/** Watches what policy is asked about and what execution is handed; both answer as they are. */
function watched() {
  const judged: Command[] = [];
  const handed: Command[] = [];
  const replace: Replace = ({ policy, execution }) => ({
    policy: {
      ...policy,
      decide: (question) => {
        if (question.kind === "command") judged.push(question.command);
        return policy.decide(question);
      },
    },
    execution: {
      ...execution,
      run: (request) => {
        handed.push(...request.step.stages);
        return execution.run(request);
      },
    },
  });
  return { judged, handed, replace };
}

describe("what runs", () => {
  it("is the very object that policy saw, frozen to its leaves", async () => {
    const { judged, handed, replace } = watched();
    const { gate, starts } = openGate({ replace });
    const outcome = await gate.call(toCall("cli_tool", { command: "kubectl get po web-1" }), never());
    expect(outcome.code).toBe("ok");
    expect(handed).toHaveLength(1);
    expect(handed[0]).toBe(judged[0]);
    const [command] = handed;
    expect([command, command?.argv, command?.flags, command?.resources].every(Object.isFrozen)).toBe(true);
    expect(starts().map(({ argv }) => argv)).toEqual([command?.argv.slice(1)]);
    expect(outcome.steps[0]?.stages[0]?.argv).toBe(command?.argv);
  });

  it.runIf(hasTextTools)("has been judged in every stage", async () => {
    const { judged, handed, replace } = watched();
    const { gate } = openGate({ replace });
    await gate.call(toCall("cli_tool", { command: "kubectl get pods | grep web | sort" }), never());
    expect(judged.map(({ binary }) => binary)).toEqual(["kubectl", "grep", "sort"]);
    expect(handed).toHaveLength(3);
    expect(handed.every((command, index) => command === judged[index])).toBe(true);
  });

  it("is nothing when one stage is denied", async () => {
    const { judged, handed, replace } = watched();
    const { gate } = openGate({ replace });
    const outcome = await gate.call(toCall("cli_tool", { command: "kubectl get secrets | grep web | sort" }), never());
    expect(outcome.code).toBe("denied");
    // What is judged behind them is what the refusal offers instead.
    expect(judged.slice(0, 3).map(({ binary }) => binary)).toEqual(["kubectl", "grep", "sort"]);
    expect(handed).toEqual([]);
  });
});

describe("the observer", () => {
  it.runIf(hasTextTools)("hears one call, one decision and one execution per stage, and one end", async () => {
    const { gate, heard } = openGate();
    const outcome = await gate.call(toCall("cli_tool", { command: "kubectl get pods | grep error" }), never());
    expect(heard.calls).toEqual([{ tool: "cli_tool", knownTool: true }]);
    expect(heard.decided.map(({ decision }) => decision.effect)).toEqual(["allow", "allow"]);
    expect(heard.executed.map(({ command, ended }) => [command.binary, ended])).toEqual([
      ["kubectl", "exited"],
      ["grep", "exited"],
    ]);
    expect(heard.redacted).toHaveLength(1);
    expect(heard.finished).toHaveLength(1);
    expect(heard.finished[0]).toBe(outcome);
  });

  it.runIf(hasTextTools)("hears how the last stage ended, and nothing of stages that never started", async () => {
    const { gate, heard } = openGate({ site: { limits: { timeout_ms: 300 } } });
    await gate.call(toCall("cli_tool", { command: "kubectl logs sleep | sort" }), never());
    expect(heard.executed.map(({ command, ended }) => [command.binary, ended])).toEqual([["kubectl", "timed_out"]]);
  });

  it.each([
    ["unknown_tool", "no_such_tool", {}, 0],
    ["invalid_arguments", "kubectl_get", {}, 0],
    ["not_understood", "cli_tool", { command: "kubectl get 'pods" }, 0],
    ["denied", "kubectl_get", { resource: "secrets" }, 1],
    ["ok", "health_check", {}, 1],
    ["ok", "kubectl_rollout_restart", { resource: "deploy", name: "web", dry_run: true }, 1],
  ])("hears one end of a call that ends as %s (%s %j)", async (code, tool, raw, decisions) => {
    const { gate, heard } = openGate();
    const outcome = await gate.call(toCall(tool, raw), never());
    expect(outcome.code).toBe(code);
    expect(heard.decided).toHaveLength(decisions);
    expect(heard.executed).toEqual([]);
    expect(heard.finished).toEqual([outcome]);
  });
});

describe("an outcome", () => {
  it.each([
    ["kubectl_get", { resource: "pods" }],
    ["kubectl_get", { resource: "secrets" }],
    ["kubectl_get", { resource: 1 }],
    ["cli_tool", { command: "kubectl get pods | jq ." }],
    ["health_check", {}],
  ])("is frozen and counts whole milliseconds: %s %j", async (tool, raw) => {
    const { gate } = openGate();
    const outcome = await gate.call(toCall(tool, raw), never());
    expect(Object.isFrozen(outcome)).toBe(true);
    expect(Number.isInteger(outcome.durationMs) && outcome.durationMs >= 0).toBe(true);
    expect(outcome.callId).toBe("call-1");
  });
});

describe("a fault of our own", () => {
  it("rejects the call, and still leaves the outcome `fault` in the audit", async () => {
    const replace: Replace = ({ execution }) => ({
      execution: { ...execution, availability: () => ({ available: true, path: "/nowhere", version: "1" }) },
    });
    const { gate, heard, records } = openGate({ replace });
    const call = gate.call(toCall("cli_tool", { command: "tr a b", stdin: "a" }), never());
    await expect(call).rejects.toThrow("no executable for tr");
    expect(records().map(({ kind, code }) => [kind, code])).toEqual([
      ["decision", "ok"],
      ["intent", undefined],
      ["outcome", "fault"],
    ]);
    expect(heard).toMatchObject({ finished: [], faulted: ["cli_tool"] });
  });

  it("gives its slot back", async () => {
    const replace: Replace = ({ execution }) => ({
      execution: { ...execution, run: () => Promise.reject(new Error("broken")) },
    });
    const { gate, ports } = openGate({ replace, slots: { maxConcurrency: 1, maxQueue: 0 } });
    for (let round = 0; round < 3; round += 1) {
      await expect(gate.call(toCall("kubectl_get", { resource: "pods" }), never())).rejects.toThrow("broken");
    }
    expect([ports.slots.running, ports.slots.waiting]).toEqual([0, 0]);
  });
});
