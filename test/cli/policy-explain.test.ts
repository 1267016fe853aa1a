// `ai-sre policy explain` as a reviewer sees it: text, JSON, recorded calls, exit codes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { askedOf, sideWith } from "../desk/setup.ts";
import { runCli } from "./run-cli.ts";

const today = await sideWith();
const explain = (...parameters: readonly string[]) => runCli(["policy", "explain", ...parameters]);

describe("policy explain", { timeout: 180_000 }, () => {
  it("says in words why a call is denied and what would be allowed, and ends with 1", () => {
    const { status, stdout } = explain("--command", "kubectl get pods -n kube-system");
    expect(status).toBe(1);
    for (const words of [
      "tokens     kubectl · get · pods · -n · kube-system",
      "✗ denies  kubectl/namespace",
      "DENIED (denied)",
      "→ --namespace=default instead of --namespace=kube-system",
    ]) {
      expect(stdout).toContain(words);
    }
    // Standard output is no terminal here.
    expect(stdout).not.toContain("\u001b");
  });

  it("says what an allowed call is held to, and ends with 0", () => {
    const { status, stdout } = explain(
      "--tool",
      "kubectl_rollout_undo",
      "--arguments",
      '{"resource":"deployment","name":"web"}',
    );
    expect(status).toBe(0);
    expect(stdout).toContain("ALLOWED");
    expect(stdout).toContain("approval   a person with the role approver, within 900 s");
    expect(stdout).toContain("runs       kubectl rollout undo --namespace=default");
  });

  it("prints the same as JSON", () => {
    const { status, stdout } = explain("--command", "kubectl rollout restart deploy/web", "--role", "viewer", "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      call: { principal: { roles: ["viewer"] } },
      effect: "deny",
      rules: ["guard/role"],
      smallest_change: { found: [{ edits: ["as role operator"], rules: ["kubectl/restart"] }, {}, {}] },
    });
  });

  it.each([
    ["neither a command nor a tool", [], "give one of"],
    ["both", ["--command", "x", "--tool", "y"], "cannot be given together"],
    ["a role beside a record", ["--call-id", "x", "--audit", "y", "--role", "admin"], "cannot be given together"],
    ["arguments beside a command", ["--command", "x", "--arguments", "{}"], "cannot be given together"],
    ["a role that is none", ["--command", "x", "--role", "king"], "viewer, operator"],
    ["arguments that are no JSON", ["--tool", "kubectl_get", "--arguments", "{"], "not JSON"],
    ["a call without a file", ["--call-id", "x"], "--audit"],
    ["an audit file that is not there", ["--call-id", "x", "--audit", "/nowhere"], "cannot read"],
  ])("refuses %s with exit code 2", (_what, parameters, said) => {
    const { status, stderr, stdout } = explain(...parameters);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(said);
  });
});

describe("policy explain of a recorded call", { timeout: 180_000 }, () => {
  const common = { time: "2026-01-01T12:00:00.000Z", instance: "i", segment: "s", kind: "decision", prev: "", mac: "" };

  function auditOf(command: string): string {
    const judgement = today.judge(askedOf(command));
    if (judgement.kind === "refused") throw new Error(judgement.reason.message);
    const folder = mkdtempSync(path.join(tmpdir(), "aisre-explain-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const records = judgement.stages.map(({ evaluation, stageIndex }, at) => ({
      ...common,
      seq: at + 1,
      call_id: "c-1",
      tool: "cli_tool",
      principal: { id: "n8n", roles: ["operator"] },
      stage_index: stageIndex,
      effect: evaluation.decision.effect,
      code: evaluation.decision.effect === "allow" ? "ok" : "denied",
      rules: evaluation.decision.effect === "allow" ? evaluation.decision.rules : [],
      input: JSON.parse(evaluation.input ?? "null"),
    }));
    const refused = { ...common, seq: 9, call_id: "c-2", tool: "cli_tool", effect: "deny", code: "not_understood" };
    const file = path.join(folder, "audit.jsonl");
    writeFileSync(file, [...records, refused].map((record) => `${JSON.stringify(record)}\n`).join(""));
    return file;
  }

  it("asks this policy what was asked then, and shows what was decided then", () => {
    const file = auditOf("kubectl get pods -n kube-system | grep web");
    const { status, stdout } = explain("--call-id", "c-1", "--audit", file);
    expect(status).toBe(1);
    expect(stdout).toContain(`${file}:1`);
    expect(stdout).toContain("now        deny kubectl/namespace");
    expect(stdout).toContain("--namespace=default instead of --namespace=kube-system");
    const site = path.join(path.dirname(file), "site.yaml");
    writeFileSync(site, "namespaces: [kube-system]\n");
    const wider = explain("--call-id", "c-1", "--audit", file, "--data", site, "--json");
    expect(wider.status).toBe(0);
    expect(JSON.parse(wider.stdout)).toMatchObject({
      stages: [{ recorded: { effect: "deny" }, decision: { effect: "allow" } }, { decision: { effect: "allow" } }],
    });
  });

  it("says why a record cannot be asked again, and which call it does not find", () => {
    const file = auditOf("kubectl get pods");
    expect(explain("--call-id", "c-2", "--audit", file).stdout).toContain(
      "it ended before policy was asked (not_understood)",
    );
    const unknown = explain("--call-id", "c-3", "--audit", file);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain("no decision about c-3");
  });
});
