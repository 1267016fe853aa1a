// What the audit holds of a call, and when: durable before anything starts. What cannot be recorded does not start.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../helpers/verify-audit.ts";
import type { AuditKind } from "../../src/domain/audit.ts";
import {
  hasTextTools,
  linesOf,
  never,
  openAudit,
  openGate,
  openPlace,
  type Replace,
  secretKey,
  toCall,
} from "./setup.ts";

const kindsOf = (lines: readonly { readonly kind: string }[]) => lines.map(({ kind }) => kind);

describe("the order of records", () => {
  it("puts decision and intent on the disk before the child starts, the outcome after it", async () => {
    const { gate, starts, records } = openGate();
    await gate.call(toCall("kubectl_get", { resource: "pods" }), never());
    expect(starts().map(({ audit }) => audit)).toEqual([["decision", "intent"]]);
    expect(kindsOf(records())).toEqual(["decision", "intent", "outcome"]);
  });

  it.runIf(hasTextTools)("has one decision per stage on the disk before execution is asked", async () => {
    const place = openPlace();
    let held: readonly unknown[] = [];
    const { gate } = openGate({
      place,
      replace: ({ execution }) => ({
        execution: {
          ...execution,
          run: (request) => {
            held = place.records().map(({ kind, stage_index }) => [kind, stage_index]);
            return execution.run(request);
          },
        },
      }),
    });
    await gate.call(toCall("cli_tool", { command: "kubectl logs web | sort" }), never());
    expect(held).toEqual([
      ["decision", 0],
      ["decision", 1],
      ["intent", undefined],
    ]);
  });

  it("keeps a chain in which every record names its call and its caller", async () => {
    const { gate, auditFile, records, ports } = openGate();
    await gate.call(
      toCall("kubectl_rollout_restart", { resource: "deploy", name: "web", reason: "it hangs" }),
      never(),
    );
    await gate.call(toCall("kubectl_get", { resource: "secrets" }, { callId: "call-2" }), never());
    expect(verifyAudit(linesOf(auditFile), secretKey)).toMatchObject({ ok: true, records: 4 });
    const [decision, intent, outcome, denied] = records();
    for (const record of [decision, intent, outcome]) {
      expect(record).toMatchObject({
        call_id: "call-1",
        principal: { id: "n8n", roles: ["operator"], authenticated_by: "bearer" },
        tool: "kubectl_rollout_restart",
        transport: "http",
        policy_revision: ports.policy.revision,
        plan_digest: decision?.["plan_digest"],
        rules: ["kubectl/restart"],
        trace_id: "0af7651916cd43dd8448eb211c80319c",
      });
    }
    const argv = [
      "kubectl",
      "rollout",
      "restart",
      "--namespace=default",
      "--request-timeout=30s",
      "--field-manager=ai-sre",
      "deployments.apps",
      "web",
    ];
    expect(decision).toMatchObject({
      rules: ["kubectl/restart"],
      reason: "it hangs",
      argvs: [argv],
      input: { call: { reason: "it hangs" }, command: { argv } },
    });
    expect(intent).toMatchObject({ step_index: 0, argvs: [argv] });
    expect(outcome).toMatchObject({
      code: "ok",
      details: { stages: [{ exit_code: 0, answered: true }], stdout_bytes: 34 },
    });
    expect(denied).toMatchObject({ call_id: "call-2", code: "denied", reasons: [{ rule: "kubectl/no-secrets" }] });
  });
});

describe("standard input", () => {
  it.runIf(hasTextTools)(
    "stands in the intent by its digest, so that a text can be held against the record",
    async () => {
      const { gate, auditFile, records } = openGate();
      const stdin = "apiVersion: v1\nkind: ConfigMap # ü\n";
      await gate.call(toCall("cli_tool", { command: "sort", stdin }), never());
      const [, intent] = records();
      const digest = createHash("sha256").update(stdin, "utf8").digest("hex");
      expect(intent).toMatchObject({ kind: "intent", details: { stdin_sha256: digest } });
      expect(readFileSync(auditFile, "utf8")).not.toContain("ConfigMap");
    },
  );

  it("leaves no word in the intent of a command that has none", async () => {
    const { gate, records } = openGate();
    await gate.call(toCall("kubectl_get", { resource: "pods" }), never());
    expect(records()[1]).not.toHaveProperty("details");
  });
});

describe("an audit that cannot be written", () => {
  const failing = (kinds: readonly AuditKind[]): Replace => {
    const broken = openAudit(path.join(openPlace().folder, "missing", "audit.jsonl"));
    return ({ audit }) => ({
      audit: {
        ...audit,
        writable: true,
        append: (event) => (kinds.includes(event.kind) ? broken : audit).append(event),
      },
    });
  };

  it.each([
    ["kubectl_get", { resource: "pods" }],
    ["kubectl_rollout_restart", { resource: "deploy", name: "web" }],
    ["kubectl_rollout_restart", { resource: "deploy", name: "web", dry_run: true }],
    ["cli_tool", { command: "jq ." }],
  ])("answers audit_unavailable for %s %j", async (tool, raw) => {
    const place = openPlace();
    mkdirSync(place.auditFile);
    const { gate, starts } = openGate({ place: { ...place, records: () => [] } });
    const outcome = await gate.call(toCall(tool, raw), never());
    expect(outcome).toMatchObject({
      code: "audit_unavailable",
      outcome: "unavailable",
      reasons: [{ rule: "server/audit-unavailable", message: expect.stringContaining("nothing ran") }],
    });
    expect(starts()).toEqual([]);
  });

  it.each([
    ["kubectl_get", { resource: "secrets" }, { code: "denied", reasons: [{ rule: "kubectl/no-secrets" }] }],
    ["kubectl_get", { resource: 7 }, { code: "invalid_arguments" }],
    ["cli_tool", { command: "kubectl get pods; id" }, { code: "not_understood" }],
    ["nothing_of_ours", {}, { code: "unknown_tool" }],
    ["health_check", {}, { code: "ok" }],
  ])("still answers %s %j, which starts nothing", async (tool, raw, answer) => {
    const place = openPlace();
    mkdirSync(place.auditFile);
    const { gate } = openGate({ place: { ...place, records: () => [] } });
    expect(await gate.call(toCall(tool, raw), never())).toMatchObject(answer);
  });

  it("starts nothing when the decision is durable and the intent is not", async () => {
    const { gate, starts, records } = openGate({ replace: failing(["intent"]) });
    const outcome = await gate.call(toCall("kubectl_get", { resource: "pods" }), never());
    expect(outcome).toMatchObject({ code: "audit_unavailable", decision: { effect: "allow" } });
    expect(starts()).toEqual([]);
    expect(records().map(({ kind, code }) => [kind, code])).toEqual([
      ["decision", "ok"],
      ["outcome", "audit_unavailable"],
    ]);
  });

  it("starts nothing when the intent is durable and the decision is not", async () => {
    const { gate, starts } = openGate({ replace: failing(["decision"]) });
    expect((await gate.call(toCall("kubectl_get", { resource: "pods" }), never())).code).toBe("audit_unavailable");
    expect(starts()).toEqual([]);
  });

  it("answers what ran when only the outcome cannot be written any more", async () => {
    const { gate, starts } = openGate({ replace: failing(["outcome"]) });
    expect((await gate.call(toCall("kubectl_get", { resource: "pods" }), never())).code).toBe("ok");
    expect(starts()).toHaveLength(1);
  });
});
