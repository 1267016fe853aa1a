// `ai-sre policy check` as a reviewer's script sees it: the corpus line by line, bad lines, options, exit codes.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../..");
const verdictSchema = z.strictObject({
  id: z.unknown(),
  effect: z.enum(["allow", "deny"]),
  code: z.string(),
  rules: z.array(z.string()),
  reasons: z.array(z.looseObject({ rule: z.string(), message: z.string() })),
  obligations: z.looseObject({ approval: z.looseObject({ roles: z.array(z.string()) }).optional() }).nullable(),
  steps: z.array(z.looseObject({})),
  calls: z.array(z.looseObject({ number: z.int(), tool: z.string(), effect: z.string() })).optional(),
});
const rowSchema = z.looseObject({ id: z.string(), expected: z.enum(["allow", "deny", "approval"]) });

/** The site that the corpus' verdicts are those of: test/corpus/README.md. */
const corpusEnvironment = {
  GITHUB_REPO: "o/r",
  PROMETHEUS_URL: "http://prometheus.monitoring.svc:9090",
  ALERTMANAGER_URL: "http://alertmanager.monitoring.svc:9093",
  FLUX_NAMESPACE: "flux-system",
};

function policyCheck(
  input: string,
  options: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, "src/main.ts"), "policy", "check", ...options],
    { input, encoding: "utf8", env: environment, maxBuffer: 64 * 1024 * 1024 },
  );
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { status, stderr, verdicts: lines.map((line) => verdictSchema.parse(JSON.parse(line))) };
}

const call = (command: string, more: object = {}) =>
  JSON.stringify({ id: command, tool: "cli_tool", arguments: { command }, ...more });

/** What a verdict comes to in the corpus' words. */
const fits = (expected: string, { effect, obligations }: z.output<typeof verdictSchema>): boolean => {
  if (expected === "allow") return effect === "allow";
  if (expected === "deny") return effect === "deny";
  return effect === "deny" || obligations?.approval !== undefined;
};

describe("policy check over the corpus", () => {
  const text = readFileSync(path.join(root, "test/corpus/calls.jsonl"), "utf8");
  const rows = text
    .trim()
    .split("\n")
    .map((line) => rowSchema.parse(JSON.parse(line)));
  let result: ReturnType<typeof policyCheck>;
  beforeAll(() => {
    result = policyCheck(text, [], corpusEnvironment);
  });

  it("answers every row, in order, and ends with 0", () => {
    expect(result.status, result.stderr).toBe(0);
    expect(result.verdicts.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  it.each(rows)("$id: $expected", ({ id, expected }) => {
    const verdict = result.verdicts[rows.findIndex((row) => row.id === id)];
    expect(verdict === undefined ? undefined : fits(expected, verdict), JSON.stringify(verdict)).toBe(true);
  });

  it("gives a rule and a message for every denial", () => {
    const mute = result.verdicts.filter(
      ({ effect, reasons }) => effect === "deny" && !reasons.some(({ rule, message }) => rule !== "" && message !== ""),
    );
    expect(mute).toEqual([]);
  });
});

describe("policy check with lines that are no calls", () => {
  it.each([
    ["wrong JSON", "{"],
    ["an array", "[]"],
    ["no tool", '{"id":"x","arguments":{}}', "x"],
    ["an unknown role", '{"id":"x","tool":"cli_tool","arguments":{},"principal":{"roles":["king"]}}', "x"],
  ])("answers %s with one denial that says what is wrong, and goes on", (_what, line, id?: string) => {
    const { status, verdicts } = policyCheck(`${line}\n\n${call("kubectl get pods")}\n`);
    expect(status).toBe(0);
    expect(verdicts).toMatchObject([
      { id: id ?? null, effect: "deny", code: "invalid_arguments", reasons: [{ rule: "server/invalid-arguments" }] },
      { effect: "allow", code: "ok" },
    ]);
  });

  it("names the line, counted as an editor counts", () => {
    const { verdicts } = policyCheck(`${call("kubectl get pods")}\n\n{"id":\u001b}\n{"tool":1}\n`);
    const said = verdicts.flatMap(({ reasons }) => reasons.map(({ message }) => message));
    expect(said).toEqual([
      expect.stringMatching(/^Line 3 is not JSON: /),
      expect.stringMatching(/^Line 4 is not a call: tool: /),
    ]);
    expect(said.join("")).not.toContain("\u001b");
  });

  it("takes a call without arguments, as the server does", () => {
    const { verdicts } = policyCheck('{"id":1,"tool":"health_check"}');
    expect(verdicts).toMatchObject([{ id: 1, effect: "allow" }]);
  });

  it("ignores keys that it does not know", () => {
    const { verdicts } = policyCheck(call("kubectl get pods", { category: "x", note: "y" }));
    expect(verdicts).toMatchObject([{ effect: "allow" }]);
  });
});

describe("policy check of calls in a call", () => {
  it("judges each, and all together", () => {
    const steps = [
      { tool_name: "kubectl_get", arguments: { resource: "pods" } },
      { tool_name: "kubectl_get", arguments: { resource: "secrets" } },
    ];
    const { verdicts } = policyCheck(JSON.stringify({ id: 1, tool: "run_batch", arguments: { steps } }));
    expect(verdicts).toMatchObject([
      { effect: "deny", rules: ["kubectl/no-secrets"], calls: [{ effect: "allow" }, { number: 2, effect: "deny" }] },
    ]);
  });
});

describe("policy check about verdicts", () => {
  it("assumes a request that n8n made, and takes what a line says of it instead", () => {
    const line = (id: string, role: string, observed: unknown = {}) =>
      JSON.stringify({
        tool: "approval_decide",
        arguments: { request: "signed", verdict: "approve" },
        principal: { id, roles: [role] },
        observed,
      });
    const { verdicts } = policyCheck(
      [
        line("alice", "approver"),
        line("n8n", "approver"),
        line("alice", "approver", { request: { requester: "alice" } }),
        line("alice", "approver", { request: { roles: ["admin"] } }),
        line("bob", "operator"),
      ].join("\n"),
    );
    expect(verdicts.map(({ effect, rules }) => [effect, ...rules])).toEqual([
      ["allow", "approve/decide"],
      ["deny", "approve/not-your-own"],
      ["deny", "approve/not-your-own"],
      ["deny", "approve/role"],
      ["deny", "approve/role", "guard/tool-not-listed"],
    ]);
  });
});

describe("policy check about git", () => {
  const about = { GITHUB_REPO: "o/r" };
  const push = "git push origin HEAD:refs/heads/ai-sre/x";
  const zeros = "0".repeat(40);

  it("assumes a clean clone of GITHUB_REPO whose objects have ids of zeros", () => {
    const { verdicts } = policyCheck(`${call(push)}\n${call("git log")}\n`, [], about);
    expect(verdicts).toMatchObject([
      { effect: "allow", obligations: { approval: { roles: ["approver"] } } },
      { effect: "allow", rules: ["git/read"] },
    ]);
    expect(JSON.stringify(verdicts[0]?.steps)).toContain(`${zeros}:refs/heads/ai-sre/x`);
  });

  it("takes the object that a line says was observed for the one that its manifest changes", () => {
    const pod = { containers: [{ name: "web", image: "web:1", envFrom: [{ secretRef: { name: "db" } }] }] };
    const manifest = JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { template: { spec: pod } },
    });
    const object = { api_version: "apps/v1", kind: "Deployment", name: "web", secret_refs: ["db"] };
    const line = (observed: unknown) => JSON.stringify({ tool: "kubectl_apply", arguments: { manifest }, observed });
    const { verdicts } = policyCheck([line({}), line({ objects: [object] })].join("\n"), [], about);
    expect(verdicts.map(({ rules }) => rules)).toEqual([["kubectl/apply-no-secrets"], ["kubectl/apply"]]);
  });

  it("takes what a line says was observed instead", () => {
    const id = "a".repeat(40);
    const { verdicts } = policyCheck(
      [
        call(push, { observed: { repository: { refs: { HEAD: id } } } }),
        call(push, { observed: { changed_paths: [".github/workflows/ci.yml"] } }),
        call(push, { observed: { changed_paths: Array.from({ length: 128 }, (_path, at) => `f${at}`) } }),
        call(push, { observed: { changed_paths: Array.from({ length: 5000 }, (_path, at) => `f${at}`) } }),
        call("git log", { observed: { repository: { remote_url: "https://github.com/o/other.git" } } }),
        call("git log", { observed: { repository: { remote_url: "https://evil.example/o/r.git" } } }),
      ].join("\n"),
      [],
      about,
    );
    expect(JSON.stringify(verdicts[0]?.steps)).toContain(`${id}:refs/heads/ai-sre/x`);
    expect(verdicts.map(({ rules }) => rules)).toEqual([
      ["git/push"],
      ["git/protected-path"],
      ["git/push"],
      ["git/many-paths"],
      ["git/repository"],
      ["git/repository"],
    ]);
  });

  it("denies git where no repository is configured, and says what to set", () => {
    const { verdicts } = policyCheck(call("git log"));
    expect(verdicts).toMatchObject([{ effect: "deny", rules: ["git/repository"] }]);
    expect(JSON.stringify(verdicts[0]?.reasons)).toContain("GITHUB_REPO");
  });

  it("shows the files of a commit by their digests", () => {
    const changes = [{ path: "a", content: "b" }];
    const line = { id: 1, tool: "git_commit", arguments: { message: "x", branch: "ai-sre/x", changes } };
    const { verdicts } = policyCheck(JSON.stringify(line), [], about);
    expect(verdicts[0]?.steps[0]).toMatchObject({ file_changes: [{ path: "a", operation: "write", bytes: 1 }] });
    expect(verdicts[0]?.rules).toEqual(["git/commit", "git/file"]);
  });
});

describe("policy check's verdicts", () => {
  it("show the argument lists that would run and what policy demands", () => {
    const { verdicts } = policyCheck(call("kubectl logs web-1 | grep -i error"));
    const [verdict] = verdicts;
    expect(verdict).toMatchObject({
      effect: "allow",
      steps: [{ stages: [{ sandbox: "kubectl" }, { sandbox: "text" }] }],
    });
    expect(JSON.stringify(verdict?.steps)).toContain('["kubectl","logs","--namespace=default"');
    expect(JSON.stringify(verdict?.steps)).toContain('["grep"');
  });

  it("judge the principal of the line", () => {
    const restart = { id: "r", tool: "kubectl_rollout_restart", arguments: { resource: "deployment", name: "web" } };
    const lines = ["viewer", "operator", "approver"].map((role) =>
      JSON.stringify({ ...restart, principal: { id: role, roles: [role] } }),
    );
    expect(policyCheck(lines.join("\n")).verdicts.map(({ effect }) => effect)).toEqual(["deny", "allow", "deny"]);
  });

  it("are the same bytes for the same line", () => {
    const lines = `${call("kubectl get secrets -A")}\n${call("kubectl get pods -n kube-system")}\n`;
    expect(policyCheck(lines).verdicts).toEqual(policyCheck(lines).verdicts);
  });
});

it("policy check ends without a word when its reader has read enough", async () => {
  const child = spawn(process.execPath, [path.join(root, "src/main.ts"), "policy", "check"], { env: {} });
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said += data.toString("utf8")));
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  child.stdin.end(`${call("kubectl get pods")}\n`.repeat(2000));
  await once(child.stdout, "data");
  child.stdout.destroy();
  const [code] = await once(child, "exit");
  expect({ code, said }).toEqual({ code: 1, said: "" });
});

describe("policy check's options", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "aisre-check-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("lays a site data file over the bundle's", () => {
    const file = path.join(folder, "site.yaml");
    writeFileSync(file, "namespaces: [default, shop]\n");
    const line = call("kubectl get pods -n shop");
    expect(policyCheck(line).verdicts).toMatchObject([{ effect: "deny" }]);
    expect(policyCheck(line, ["--data", file]).verdicts).toMatchObject([{ effect: "allow" }]);
  });

  it.each([
    ["site data with an unknown key", "namespace: [default]\n", "namespaces"],
    ["site data that is no YAML", "a: [\n", "Flow sequence"],
    ["site data that are too much", `#${"x".repeat(300_000)}\n`, "larger than"],
  ])("refuses %s with exit code 2, and names the option and the file", (_what, yaml, named) => {
    const file = path.join(folder, "wrong.yaml");
    writeFileSync(file, yaml);
    const { status, stderr, verdicts } = policyCheck(call("kubectl get pods"), ["--data", file]);
    expect({ status, verdicts }).toEqual({ status: 2, verdicts: [] });
    expect(stderr).toContain(named);
    expect(stderr).toContain(`--data ${file}: `);
    expect(stderr).not.toContain("AISRE_POLICY_DATA");
  });

  it("names the variable where that gave the site data", () => {
    const file = path.join(folder, "wrong.yaml");
    writeFileSync(file, "a: [\n");
    expect(policyCheck("", [], { AISRE_POLICY_DATA: file }).stderr).toContain("AISRE_POLICY_DATA: ");
  });

  it.each([
    ["a missing data file", ["--data", "/nowhere/site.yaml"], "/nowhere/site.yaml"],
    ["a missing bundle", ["--policy", "/nowhere/bundle"], "/nowhere/bundle/manifest.json"],
    ["an unknown option", ["--polcy"], "--polcy"],
  ])("names %s, with exit code 2 and no verdict", (_what, options, named) => {
    const { status, stderr, verdicts } = policyCheck(call("kubectl get pods"), options);
    expect({ status, verdicts }).toEqual({ status: 2, verdicts: [] });
    expect(stderr).toContain(named);
  });
});
