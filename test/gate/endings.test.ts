// How calls that ran end, from the tool's name to the answer: real processes, the committed policy, a real audit file.
import { describe, expect, it } from "vitest";
import { hasTextTools, never, openGate, toCall } from "./setup.ts";

const kubectl = (...rest: readonly string[]) => ["kubectl", ...rest];
const pinned = ["--namespace=default", "--request-timeout=30s"];

describe("a call that runs", () => {
  it("is ok when the process answers, and says what ran", async () => {
    const { gate, ports, starts } = openGate();
    const outcome = await gate.call(toCall("kubectl_get", { resource: "po", name: "web-1" }), never());
    const argv = kubectl("get", ...pinned, "pods", "web-1");
    expect(outcome).toEqual({
      callId: "call-1",
      outcome: "succeeded",
      code: "ok",
      steps: [{ stages: [{ argv, exitCode: 0 }] }],
      stdout: "b: error two\nc: fine\na: error one\n",
      stderr: "",
      truncated: false,
      redactions: 0,
      durationMs: expect.any(Number),
      decision: { effect: "allow", rules: ["kubectl/read"], policyRevision: ports.policy.revision },
    });
    expect(starts().map((start) => start.argv)).toEqual([argv.slice(1)]);
  });

  it("is exited when a process ends with a code that is no answer", async () => {
    const { gate } = openGate();
    const outcome = await gate.call(toCall("kubectl_get", { resource: "pods", name: "exit-3" }), never());
    expect(outcome).toMatchObject({ code: "exited", outcome: "failed", stderr: "kubectl: it did not work\n" });
    expect(outcome.steps[0]?.stages[0]).toMatchObject({ exitCode: 3 });
  });

  it("is exited when a signal ends the process", async () => {
    const { gate } = openGate();
    const outcome = await gate.call(toCall("kubectl_get", { resource: "pods", name: "die" }), never());
    expect(outcome.code).toBe("exited");
    expect(outcome.steps[0]?.stages[0]).toMatchObject({ signal: "SIGKILL" });
  });

  it("is timed_out when policy's limit is over", async () => {
    const limits = { timeout_ms: 300 };
    const { gate, records } = openGate({ site: { limits } });
    const outcome = await gate.call(toCall("kubectl_logs", { name: "sleep" }), never());
    expect(outcome).toMatchObject({ code: "timed_out", outcome: "timed_out" });
    expect(outcome.reasons).toMatchObject([
      { rule: "server/timed-out", message: expect.stringContaining("time limit") },
    ]);
    expect(records().map(({ kind, code }) => [kind, code])).toEqual([
      ["decision", "ok"],
      ["intent", undefined],
      ["outcome", "timed_out"],
    ]);
  });

  it("is cluster_unreachable when kubectl says so", async () => {
    const { gate } = openGate();
    const outcome = await gate.call(toCall("kubectl_get", { resource: "pods", name: "unreachable" }), never());
    expect(outcome).toMatchObject({ code: "cluster_unreachable", outcome: "unavailable" });
  });

  it("counts what was redacted, and shows no more of it", async () => {
    const { gate, heard, records } = openGate();
    const outcome = await gate.call(toCall("kubectl_logs", { name: "secret" }), never());
    expect(outcome.redactions).toBe(1);
    expect(outcome.stdout).not.toContain("AKIAIOSFODNN7EXAMPLE");
    expect(heard.redacted).toEqual([{ aws_access_key: 1 }]);
    expect(records().at(-1)?.["details"]).toMatchObject({ redactions: { aws_access_key: 1 } });
  });

  it.runIf(hasTextTools)("joins the stages of a pipeline and lists each", async () => {
    const { gate } = openGate();
    const outcome = await gate.call(toCall("cli_tool", { command: "kubectl logs web | grep error | sort" }), never());
    expect(outcome).toMatchObject({ code: "ok", stdout: "a: error one\nb: error two\n" });
    expect(outcome.steps[0]?.stages.map(({ argv, exitCode }) => [argv[0], exitCode])).toEqual([
      ["kubectl", 0],
      ["grep", 0],
      ["sort", 0],
    ]);
  });

  it.runIf(hasTextTools)("fails as a whole when its first stage fails, and starts no other", async () => {
    const { gate } = openGate();
    const outcome = await gate.call(toCall("cli_tool", { command: "kubectl logs exit-3 | sort" }), never());
    expect(outcome).toMatchObject({ code: "exited", stdout: "" });
    expect(outcome.steps[0]?.stages.map(({ argv, exitCode }) => [argv[0], exitCode])).toEqual([
      ["kubectl", 3],
      ["sort", undefined],
    ]);
  });

  it("takes the lowest of policy's, the caller's and its own time", async () => {
    const times: number[] = [];
    const { gate } = openGate({
      replace: ({ execution }) => ({
        execution: { ...execution, run: (request) => (times.push(request.timeoutMs), execution.run(request)) },
      }),
    });
    for (const extra of [{}, { timeout_seconds: 7 }, { timeout_seconds: 55 }]) {
      await gate.call(toCall("cli_tool", { command: "kubectl get pods", ...extra }), never());
    }
    expect(times).toEqual([30_000, 7000, 30_000]);
  });
});
