// The catalog and rung 1: names and schemas that n8n can take, and raw arguments → argv or one clear sentence.
import { describe, expect, it } from "vitest";
import { catalog, findTool } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";
import type { Tool } from "../../src/tools/tool.ts";

const tool = (name: string): Tool => {
  const found = findTool(name);
  if (found === undefined) throw new Error(`no tool ${name}`);
  return found;
};
const read = (name: string, raw: unknown) => readArguments(tool(name), raw);
const argvOf = (name: string, raw: unknown) => {
  const result = read(name, raw);
  if (!result.ok) throw new Error(result.message);
  return result.draft.steps[0];
};

describe("the catalog", () => {
  it("has names that survive n8n's prefix, and no argument with a name of n8n's extras", () => {
    const extras = ["toolCallId", "sessionId", "action", "chatInput", "tool", "headers", "params", "query", "body"];
    for (const { name, argumentNames } of catalog) {
      expect(name).toMatch(/^[a-z0-9_]{1,40}$/);
      expect(argumentNames.filter((argument) => extras.includes(argument))).toEqual([]);
    }
  });

  it("publishes flat object schemas that refuse unknown keys", () => {
    for (const { inputSchema } of catalog) {
      expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
      expect(JSON.stringify(inputSchema)).not.toMatch(/\$ref|oneOf|anyOf|allOf/);
    }
  });
});

describe("readArguments", () => {
  it("names what is missing and what is unknown, since one is often the other's misspelling", () => {
    expect(read("kubectl_get", { resourse: "pods" })).toMatchObject({
      ok: false,
      // The caller's own word, which `try` would replace.
      field: "resourse",
      message: expect.stringMatching(/^`resource`: .*kubectl_get has no argument `resourse`; it takes `resource`/),
      try: "resource",
    });
  });

  it.each([
    ["kubectl_rollout_restart", { resource: "deploy", name: "web" }, "reason"],
    ["git_commit", { changes: [{ path: "a", content: "b" }], branch: "ai-sre/x" }, "message"],
    ["gh_pr_create", { description: "x", branch: "ai-sre/x" }, "title"],
    ["gh_pr_create", { title: "x", branch: "ai-sre/x" }, "description"],
    ["approval_decide", { request: "x", verdict: "approve" }, "note"],
  ])("refuses half a character in a free text: %s %j %s", (name, rest, field) => {
    const half = "\ud800";
    for (const text of [half, `x${half}`, `${half}y`]) {
      expect(read(name, { ...rest, [field]: text })).toMatchObject({ ok: false, field });
    }
    expect(read(name, { ...rest, [field]: "x \u{1f680}" })).toMatchObject({ ok: true });
  });

  it("builds one argv per typed tool", () => {
    expect(argvOf("kubectl_get", { resource: "deploy", name: "web", namespace: "default", output: "yaml" })).toEqual({
      argv: ["kubectl", "get", "deploy", "web", "--namespace=default", "--output=yaml"],
    });
    expect(argvOf("kubectl_logs", { name: "web-1", tail: 100, previous: true })).toEqual({
      argv: ["kubectl", "logs", "web-1", "--previous=true", "--tail=100"],
    });
    expect(argvOf("kubectl_rollout_restart", { resource: "deploy", name: "web" })).toEqual({
      argv: ["kubectl", "rollout", "restart", "deploy", "web"],
    });
  });

  it.each([
    ["helm_list", {}, ["helm", "list"]],
    ["helm_status", { release: "web", namespace: "shop" }, ["helm", "status", "web", "--namespace=shop"]],
    ["helm_history", { release: "web" }, ["helm", "history", "web", "--max=20"]],
    ["helm_rollback", { release: "web", revision: 2 }, ["helm", "rollback", "web", "2"]],
    [
      "helm_rollback",
      { release: "web", revision: 2, dry_run: true },
      ["helm", "rollback", "web", "2", "--dry-run=server"],
    ],
    ["flux_status", { kind: "sources" }, ["flux", "get", "source", "all"]],
    [
      "flux_status",
      { kind: "helmrelease", name: "web", namespace: "default" },
      ["flux", "get", "helmrelease", "web", "--namespace=default"],
    ],
    ["flux_reconcile", { kind: "gitrepository", name: "apps" }, ["flux", "reconcile", "source", "git", "apps"]],
    ["flux_suspend", { kind: "kustomization", name: "apps" }, ["flux", "suspend", "kustomization", "apps"]],
    ["flux_resume", { kind: "imagepolicy", name: "web" }, ["flux", "resume", "image", "policy", "web"]],
  ])("%s %j builds its argv", (name, raw, argv) => {
    expect(argvOf(name, raw)).toEqual({ argv });
  });

  it("makes flux_status without a kind one pipeline over everything", () => {
    const step = argvOf("flux_status", { namespace: "shop" });
    expect(step).toMatchObject({
      commandLine: expect.stringMatching(/^flux get all --namespace=shop \| jq -n -R -r '[^']+'$/),
    });
  });

  it("says with every change of flux and helm why, and whether it is only tried", () => {
    for (const name of ["flux_reconcile", "flux_suspend", "flux_resume"]) {
      const result = read(name, { kind: "kustomization", name: "apps", reason: "incident 7", dry_run: true });
      expect(result).toMatchObject({ ok: true, draft: { reason: "incident 7", dryRun: true } });
    }
  });

  it("passes a command line on as it is, with its standard input", () => {
    expect(argvOf("cli_tool", { command: "jq .", stdin: "{}" })).toEqual({ commandLine: "jq .", stdin: "{}" });
  });

  it("drops exactly what n8n merges into arguments", () => {
    const extras = {
      toolCallId: "1",
      sessionId: "2",
      action: "3",
      chatInput: "4",
      tool: "5",
      headers: {},
      params: {},
      query: {},
      body: {},
    };
    expect(argvOf("kubectl_get", { resource: "pods", ...extras })).toEqual({ argv: ["kubectl", "get", "pods"] });
  });

  it("names an unknown argument and the nearest known one", () => {
    expect(read("kubectl_get", { resource: "pods", nam: "web" })).toMatchObject({
      ok: false,
      field: "nam",
      try: "name",
    });
  });

  it.each([
    ["a list of arguments", "kubectl_get", ["pods"]],
    ["null", "kubectl_get", null],
    ["a string", "kubectl_get", "pods"],
    ["an own __proto__ key", "kubectl_get", JSON.parse('{"resource":"pods","__proto__":{"namespace":"kube-system"}}')],
    ["a constructor key", "kubectl_get", { resource: "pods", constructor: { prototype: {} } }],
    ["a list of resources", "kubectl_get", { resource: ["pods", "secrets"] }],
    ["a null namespace", "kubectl_get", { resource: "pods", namespace: null }],
    ["an empty namespace", "kubectl_get", { resource: "pods", namespace: "" }],
    ["a namespace with a newline", "kubectl_get", { resource: "pods", namespace: "default\n" }],
    ["a flag for a name", "kubectl_get", { resource: "pods", name: "--server=https://evil.example" }],
    ["TYPE/NAME for a name", "kubectl_get", { resource: "pods", name: "secret/x" }],
    ["a flag for a selector", "kubectl_get", { resource: "pods", selector: "--all" }],
    ["neither command nor argv", "cli_tool", {}],
    ["both command and argv", "cli_tool", { command: "jq .", argv: ["jq", "."] }],
    ["a number in argv", "cli_tool", { argv: ["kubectl", "get", 1] }],
    ["an environment", "cli_tool", { argv: ["kubectl", "get", "pods"], env: { KUBECONFIG: "/x" } }],
    ["too long a time", "cli_tool", { command: "jq .", timeout_seconds: 56 }],
    ["a flag for a release", "helm_status", { release: "--kube-apiserver=https://evil.example:6443" }],
    ["a revision of zero", "helm_rollback", { release: "web", revision: 0 }],
    ["no revision", "helm_rollback", { release: "web" }],
    ["a kind that flux does not change", "flux_suspend", { kind: "pod", name: "web" }],
    ["a name without a kind", "flux_status", { name: "apps" }],
    ["a name for many kinds", "flux_status", { kind: "sources", name: "apps" }],
    ["a whole kind to suspend", "flux_suspend", { kind: "kustomization" }],
    ["a tail of everything", "kubectl_logs", { name: "web-1", tail: -1 }],
  ])("refuses %s and names the field", (_what, name, raw) => {
    const result = read(name, raw);
    expect(result.ok).toBe(false);
    expect(result).toHaveProperty("message");
  });
});
