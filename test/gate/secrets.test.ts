// A credential in a call is never let through, and never written down.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toParseSettings } from "../../src/policy/site-data.ts";
import { scriptedPolicy } from "../policy/setup.ts";
import { never, openGate, toCall } from "./setup.ts";

describe("a secret in a call", () => {
  const secret = "AKIAIOSFODNN7EXAMPLE";
  const redacted = { raw_arguments: expect.stringContaining("[redacted:aws_access_key]"), replayable: false };

  it.each([
    ["an argument", "cli_tool", { argv: ["grep", secret] }, "denied"],
    ["a later stage", "cli_tool", { command: `kubectl get pods | grep x | grep ${secret}` }, "denied"],
    ["standard input", "cli_tool", { command: "sort", stdin: `a\n${secret}\n` }, "denied"],
    ["a reason", "kubectl_rollout_restart", { resource: "deploy", name: "web", reason: `key ${secret}` }, "denied"],
    ["a flag that is not understood", "cli_tool", { command: `kubectl get pods --frob=${secret}` }, "not_understood"],
    ["an argument that does not exist", "kubectl_get", { resource: "pods", [secret]: 1 }, "invalid_arguments"],
    ["an argument of the wrong type", "kubectl_get", { resource: [secret] }, "invalid_arguments"],
    ["arguments of no tool", "no_such_tool", { nested: { deep: [secret] } }, "unknown_tool"],
  ])("is nowhere in the audit when it stands in %s", async (_case, tool, raw, code) => {
    const { gate, starts, auditFile, records } = openGate();
    const outcome = await gate.call(toCall(tool, raw), never());
    expect(outcome.code).toBe(code);
    expect(outcome.decision.rules).toEqual(code === "denied" ? ["guard/no-credentials"] : []);
    expect(starts()).toEqual([]);
    expect(readFileSync(auditFile, "utf8")).not.toContain(secret);
    expect(records().length).toBeGreaterThan(0);
    for (const record of records()) {
      expect(record).toMatchObject(redacted);
      expect(record).not.toHaveProperty("input");
      expect(record).not.toHaveProperty("argvs");
      expect(record).not.toHaveProperty("reason");
    }
  });

  it("is nowhere in the audit when policy fails over the call", async () => {
    const { policy } = scriptedPolicy({});
    const { gate, auditFile, records } = openGate({
      replace: () => ({ policy, settings: toParseSettings(policy.siteData) }),
    });
    const outcome = await gate.call(toCall("cli_tool", { argv: ["grep", secret] }), never());
    expect(outcome.code).toBe("policy_unavailable");
    expect(readFileSync(auditFile, "utf8")).not.toContain(secret);
    expect(records()).toMatchObject([redacted]);
  });

  it("is nowhere in the audit when the call is too large to be judged", async () => {
    const pods = Array.from({ length: 140 }, (_none, index) => `pod-${index}`);
    const argv = ["kubectl", "get", "pods", ...pods, "-o", `jsonpath={.items[?(@.x=="${secret}")]}`];
    const { gate, auditFile, records } = openGate();
    expect((await gate.call(toCall("cli_tool", { argv }), never())).code).toBe("policy_unavailable");
    expect(readFileSync(auditFile, "utf8")).not.toContain(secret);
    // The arguments are cut after they were redacted: the secret's place is beyond the cut.
    expect(records()).toMatchObject([{ raw_arguments: expect.any(String), replayable: false }]);
  });

  it("does not keep a refused call without one from being replayed", async () => {
    const { policy } = scriptedPolicy({});
    const { gate, records } = openGate({ replace: () => ({ policy, settings: toParseSettings(policy.siteData) }) });
    await gate.call(toCall("cli_tool", { argv: ["grep", "error"] }), never());
    expect(records()).toMatchObject([
      { code: "policy_unavailable", input: { command: { argv: ["grep", "--regexp=error"] } } },
    ]);
  });
});
