// judge(): whatever a caller sends is understood or refused in one clear, short sentence.
import { describe, expect, it } from "vitest";
import { composePolicy } from "../../src/compose/policy.ts";
import { judge } from "../../src/gate/judge.ts";
import { clock, policyFolder, toCall } from "./setup.ts";

const { policy, settings } = composePolicy({ folder: policyFolder, environmentLayer: {} }, { clock });
const judged = (tool: string, raw: unknown) => judge(toCall(tool, raw), policy, settings);
const refusalOf = (tool: string, raw: unknown) => {
  const judgement = judged(tool, raw);
  if (judgement.kind !== "refused") throw new Error(`it was judged: ${judgement.code}`);
  return judgement;
};

const megabyte = "k".repeat(1_000_000);
const deep = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

describe("hostile arguments", () => {
  it.each<readonly [string, string, unknown, string, string]>([
    ["a tool's name of 1 MB", megabyte, {}, "unknown_tool", "There is no tool named"],
    ["a tool's name with half a surrogate pair", "a\ud800\u0007", {}, "unknown_tool", "There is no tool named"],
    ["the name of something that every object has", "constructor", {}, "unknown_tool", "There is no tool named"],
    ["arguments that are null", "kubectl_get", null, "invalid_arguments", "must be a JSON object"],
    ["arguments that are a list", "kubectl_get", [], "invalid_arguments", "must be a JSON object"],
    ["arguments that are a text", "kubectl_get", "pods", "invalid_arguments", "must be a JSON object"],
    ["arguments that are missing", "kubectl_get", undefined, "invalid_arguments", "`resource`"],
    ["lists in lists in lists", "kubectl_get", deep(100_000), "invalid_arguments", "must be a JSON object"],
    ["a deep value", "kubectl_get", { resource: deep(100_000) }, "invalid_arguments", "`resource`"],
    ["a number", "kubectl_get", { resource: 7 }, "invalid_arguments", "`resource`"],
    ["an object", "kubectl_logs", { name: { toString: "x" } }, "invalid_arguments", "`name`"],
    ["a value of 1 MB", "kubectl_get", { resource: megabyte }, "invalid_arguments", "`resource`"],
    ["an option of 1 MB", "kubectl_get", { resource: "po", output: megabyte }, "invalid_arguments", "`output`"],
    ["an unknown key of 1 MB", "kubectl_get", { resource: "po", [megabyte]: 1 }, "invalid_arguments", "no argument"],
    [
      "an unknown key that acts on a terminal",
      "kubectl_get",
      { resource: "po", "\u001b[2J\ud800\u202e": 1 },
      "invalid_arguments",
      "no argument",
    ],
    [
      "__proto__ as a key",
      "kubectl_get",
      JSON.parse('{"__proto__":{"resource":"pods"},"resource":"pods"}'),
      "invalid_arguments",
      "no argument `__proto__`",
    ],
    [
      "__proto__ alone",
      "kubectl_get",
      JSON.parse('{"__proto__":{"resource":"po"}}'),
      "invalid_arguments",
      "`resource`",
    ],
    ["both a command and an argv", "cli_tool", { command: "sort", argv: ["sort"] }, "invalid_arguments", "exactly one"],
    ["neither a command nor an argv", "cli_tool", {}, "invalid_arguments", "exactly one"],
    ["an argv with a number in it", "cli_tool", { argv: ["sort", 1] }, "invalid_arguments", "`argv.1`"],
    ["an argument for a tool that takes none", "health_check", { verbose: true }, "invalid_arguments", "takes none"],
    ["a command line of 1 MB", "cli_tool", { command: megabyte }, "not_understood", "longer than 8192 bytes"],
    ["a word of 1 MB", "cli_tool", { argv: ["grep", megabyte] }, "not_understood", "longer than 8192 bytes"],
    ["a binary of 1 MB", "cli_tool", { argv: [megabyte] }, "not_understood", "not one of the binaries"],
    ["60,000 words", "cli_tool", { argv: Array(60_000).fill("x") }, "not_understood", "at most 256 words"],
    ["60,000 words in a line", "cli_tool", { command: "x ".repeat(60_000) }, "not_understood", "longer than"],
    ["4,000 short words in a line", "cli_tool", { command: "x ".repeat(4000) }, "not_understood", "at most 256 words"],
    ["nine stages", "cli_tool", { command: Array(9).fill("sort").join("|") }, "not_understood", "at most 8 stages"],
    ["NUL in a line", "cli_tool", { command: "sort \0" }, "not_understood", "NUL"],
    ["NUL in a word", "cli_tool", { argv: ["kubectl", "get", "po\0ds"] }, "not_understood", "NUL"],
    ["half a surrogate pair", "cli_tool", { argv: ["grep", "\udc00"] }, "not_understood", "surrogate"],
    ["half a surrogate pair in a line", "cli_tool", { command: "grep \ud800" }, "not_understood", "surrogate"],
    ["half a surrogate pair as input", "cli_tool", { command: "sort", stdin: "\ud800" }, "not_understood", "surrogate"],
    ["300 KB of input", "cli_tool", { command: "sort", stdin: "k".repeat(300_000) }, "not_understood", "262144 bytes"],
    ["an open quote", "cli_tool", { command: "grep 'x" }, "not_understood", "not closed"],
    ["a substitution", "cli_tool", { command: "grep $(id)" }, "not_understood", "no shell"],
    ["two commands", "cli_tool", { command: "sort; id" }, "not_understood", "no shell"],
    ["an empty line", "cli_tool", { command: "   " }, "not_understood", "empty"],
  ])("%s: one clear refusal", (_case, tool, raw, code, message) => {
    const { code: given, reason } = refusalOf(tool, raw);
    expect(given).toBe(code);
    expect(reason.rule).toBe(`server/${code.replaceAll("_", "-")}`);
    expect(reason.message).toContain(message);
    const text = [reason.message, reason.token ?? "", reason.try ?? ""].join("\n");
    expect(text.length).toBeLessThan(1024);
    expect(text.isWellFormed()).toBe(true);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("leave what every object inherits as it was", () => {
    judged("kubectl_get", JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'));
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("what n8n adds", () => {
  it("is dropped, and the rest is judged", () => {
    const extras = { toolCallId: "1", sessionId: "2", action: "3", chatInput: "4", tool: "kubectl_get", headers: {} };
    expect(judged("kubectl_get", { resource: "pods", ...extras })).toMatchObject({ kind: "judged", code: "ok" });
  });

  it("is not what the agent sent: a login among its headers denies nothing, the same in an argument does", () => {
    const login = `Bearer ${"eyJhbGciOiJIUzI1NiJ9.".repeat(2)}c2lnbmF0dXJlLXNpZ25hdHVyZQ`;
    const headers = { authorization: login };
    expect(judged("kubectl_get", { resource: "pods", headers })).toMatchObject({ code: "ok" });
    const sent = judged("kubectl_rollout_restart", { resource: "deployment", name: "web", reason: login });
    expect(sent).toMatchObject({ code: "denied", decision: { reasons: [{ rule: "guard/no-credentials" }] } });
  });
});

describe("a judgement", () => {
  it("asks once per stage, in order, and merges what it hears", () => {
    const judgement = judged("cli_tool", { command: "kubectl logs web | grep x | sort" });
    if (judgement.kind !== "judged") throw new Error("refused");
    expect(
      judgement.stages.map(({ stepIndex, stageIndex, command }) => [stepIndex, stageIndex, command?.binary]),
    ).toEqual([
      [0, 0, "kubectl"],
      [0, 1, "grep"],
      [0, 2, "sort"],
    ]);
    expect(judgement.decision).toMatchObject({ effect: "allow", rules: ["kubectl/read", "text/filter"] });
  });

  it("is the same for the same call", () => {
    const ask = () => judged("cli_tool", { command: "kubectl get secrets | grep x" });
    const bare = (judgement: ReturnType<typeof ask>) =>
      judgement.kind === "judged"
        ? { ...judgement, stages: judgement.stages.map(({ evaluation }) => evaluation.input) }
        : judgement;
    expect(bare(ask())).toEqual(bare(ask()));
  });
});
