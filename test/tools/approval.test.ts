// Tokens of the server's own among the arguments: they reach their place, and nothing that searches or records the arguments.
import { describe, expect, it } from "vitest";
import { catalog, findTool } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";

const read = (name: string, raw: unknown) => {
  const tool = findTool(name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return readArguments(tool, raw);
};

describe("approval_decide", () => {
  const said = { request: "signed", verdict: "approve", note: "ok", on_behalf_of: "anna", digest: "0".repeat(64) };

  it("drafts a verdict, and keeps the request out of what is searched", () => {
    expect(read("approval_decide", { ...said, query: "n8n's" })).toEqual({
      ok: true,
      own: { verdict: "approve", note: "ok", on_behalf_of: "anna", digest: said.digest },
      draft: {
        action: "approve",
        steps: [],
        verdict: { request: "signed", verdict: "approve", note: "ok", onBehalfOf: "anna", digest: said.digest },
      },
    });
  });

  it.each([
    ["request", { request: undefined }],
    ["request", { request: "" }],
    ["verdict", { verdict: "perhaps" }],
    ["note", { note: "two\nlines" }],
    ["digest", { digest: "ABC" }],
    ["approval", { approval: "x" }],
  ])("refuses a bad %s", (field, change) => {
    expect(read("approval_decide", { ...said, ...change })).toMatchObject({ ok: false, field });
  });
});

describe("the argument `approval`", () => {
  it("is what every tool takes that changes something outside, and no other", () => {
    for (const { name, toolset, annotations, argumentNames } of catalog) {
      const takes = name === "run_batch" || (toolset !== "server" && !annotations.readOnlyHint);
      expect({ name, takes: argumentNames.includes("approval") }).toEqual({ name, takes });
    }
  });

  it("is handed on unread, and is not among the arguments that are searched", () => {
    const scaled = { resource: "deploy", name: "web", replicas: 2 };
    expect(read("kubectl_scale", { ...scaled, approval: "granted" })).toMatchObject({
      ok: true,
      grant: "granted",
      own: scaled,
    });
    expect(read("kubectl_scale", { ...scaled, approval: 7 })).toMatchObject({ ok: false, field: "approval" });
    expect(read("kubectl_scale", scaled)).not.toHaveProperty("grant");
  });
});
