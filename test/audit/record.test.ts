// One record's fields: what is kept, what is replaced by its digest, and what never gets in.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { buildFields } from "../../src/audit/record.ts";
import { decision } from "./events.ts";

const redact = (text: string): string =>
  text.replaceAll(/hunter\d+/g, "[redacted]").replaceAll(/-----BEGIN[^]*?END-----/g, "[key]");
const fieldsOf = (overrides: Parameters<typeof decision>[0]): Record<string, unknown> => {
  const value: unknown = JSON.parse(JSON.stringify(buildFields(decision(overrides), redact)));
  return { ...(typeof value === "object" ? value : {}) };
};
const lengthOf = (fields: object): number => Buffer.byteLength(JSON.stringify(fields));

describe("buildFields", () => {
  it("names everything in snake_case and keeps the input as it was", () => {
    expect(fieldsOf({ traceId: "t", details: { exitCode: 0, startedAtMs: 5, nested: [{ durationMs: 1 }] } })).toEqual({
      kind: "decision",
      call_id: "call-1",
      principal: { id: "n8n", roles: ["operator"], authenticated_by: "bearer" },
      tool: "kubectl_get",
      transport: "http",
      plan_digest: "d".repeat(64),
      policy_revision: "r1",
      step_index: 0,
      stage_index: 0,
      effect: "allow",
      code: "ok",
      rules: ["kubernetes/read"],
      argvs: [["kubectl", "get", "pods"]],
      trace_id: "t",
      details: { exit_code: 0, started_at_ms: 5, nested: [{ duration_ms: 1 }] },
      input: { command: { binary: "kubectl" }, site: {} },
    });
  });

  it("replaces an input beyond 12 KB by its digest and says that it cannot be replayed", () => {
    const input = JSON.stringify({ text: "x".repeat(12 * 1024) });
    expect(fieldsOf({ input })).toMatchObject({
      input_sha256: createHash("sha256").update(input).digest("hex"),
      input_bytes: Buffer.byteLength(input),
      replayable: false,
    });
    expect(fieldsOf({ input })).not.toHaveProperty("input");
  });

  it("gives up argvs before the input when both do not fit", () => {
    const input = JSON.stringify({ text: "x".repeat(11 * 1024) });
    const fields = fieldsOf({ input, argvs: [["echo", "y".repeat(5000)]] });
    expect(fields).toHaveProperty("input");
    expect(fields).toHaveProperty("argvs_sha256");
    expect(fields).not.toHaveProperty("replayable");
  });

  it.each([
    ["60,000 tokens", { argvs: [Array.from({ length: 60_000 }, () => "x")] }],
    ["long reasons", { reasons: Array.from({ length: 400 }, () => ({ rule: "a/b", message: "m".repeat(2000) })) }],
    ["large details", { details: { text: "x".repeat(100_000) } }],
    ["a long tool name", { tool: "t".repeat(1_000_000) }],
    ["a long reason", { reason: "é".repeat(100_000) }],
    ["raw arguments of 1 MB", { rawArguments: { a: "\u0000".repeat(1_000_000) } }],
  ])("stays under 15 KB with %s", (_what, overrides) => {
    expect(lengthOf(fieldsOf(overrides))).toBeLessThanOrEqual(15 * 1024 - 768);
  });

  it("keeps raw arguments redacted, short, and not replayable, with the digest of what was sent", () => {
    const { input: _none, ...refused } = decision();
    const rawArguments = { password: "hunter2", list: ["-----BEGIN\nsecret\nEND-----"], hunter3: 1 };
    const fields = buildFields({ ...refused, rawArguments }, redact);
    expect(fields).toMatchObject({
      raw_arguments: '{"password":"[redacted]","list":["[key]"],"[redacted]":1}',
      raw_arguments_sha256: createHash("sha256").update(JSON.stringify(rawArguments)).digest("hex"),
      replayable: false,
    });
    expect(JSON.stringify(fields)).not.toMatch(/hunter\d|secret/);
  });

  it("never shows half of a secret where raw arguments are cut", () => {
    const secret = `-----BEGIN${"k".repeat(4000)}END-----`;
    for (const before of [1900, 2000, 2040, 2100]) {
      const fields = fieldsOf({ rawArguments: { a: "x".repeat(before), b: secret } });
      expect(JSON.stringify(fields)).not.toContain("kkk");
      expect(Buffer.byteLength(JSON.stringify(fields["raw_arguments"]))).toBeLessThanOrEqual(2048);
    }
  });

  it("survives arguments that nest deeper than the stack", () => {
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    expect(fieldsOf({ rawArguments: deep })).toMatchObject({ replayable: false });
  });

  it.each([undefined, null, "text", 5, [], { __proto__: null }])("takes %j for arguments", (rawArguments) => {
    expect(fieldsOf({ rawArguments })).toHaveProperty("raw_arguments");
  });

  it("keeps of a reason its rule and its redacted message only", () => {
    const reasons = [{ rule: "guard/no-credentials", message: "hunter2 is a password", token: "hunter2" }];
    expect(fieldsOf({ effect: "deny", reasons })["reasons"]).toEqual([
      { rule: "guard/no-credentials", message: "[redacted] is a password" },
    ]);
  });

  it("redacts the tool's name, the caller's reason and the details", () => {
    const fields = fieldsOf({ tool: "hunter1", reason: "because hunter2", details: { deep: [{ note: "hunter3" }] } });
    expect(JSON.stringify(fields)).not.toMatch(/hunter\d/);
  });
});
