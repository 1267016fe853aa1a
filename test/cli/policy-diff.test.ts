// `ai-sre policy diff` and `policy replay` as a pull request's check runs them: words, JSON, exit codes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, runCli } from "./run-cli.ts";

const bundle = path.join(root, "policies/build");
let folder: string;
let site: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "aisre-diff-"));
  site = path.join(folder, "site.yaml");
  writeFileSync(site, "namespaces: [default, staging]\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const diff = (...options: readonly string[]) => runCli(["policy", "diff", bundle, bundle, ...options]);

// Several processes each, on a machine that does other things as well.
describe("policy diff", { timeout: 180_000 }, () => {
  it("ends with 1 and says loudly what becomes allowed", () => {
    const { status, stdout } = diff("--data-new", site);
    expect(status).toBe(1);
    const lines = stdout.split("\n");
    expect(lines[2]).toBe('site namespaces: ["default"] → ["default","staging"]');
    expect(lines[4]).toMatch(/^NEWLY ALLOWED: \d+$/);
    expect(stdout).toContain("kubectl/read now allows; was denied by kubectl/namespace");
    expect(stdout).toMatch(/\d+ become freer/);
  });

  it("ends with 0 when that is accepted, and in the other direction", () => {
    const accepted = diff("--data-new", site, "--allow-widening", "--json");
    expect(accepted.status).toBe(0);
    const said = JSON.parse(accepted.stdout);
    expect(said).toMatchObject({ widened: expect.any(Number), site: [expect.stringContaining("staging")] });
    expect(said.groups[0]).toMatchObject({ kind: "newly_allowed", rules_before: ["kubectl/namespace"] });
    const narrowed = diff("--data-old", site);
    expect(narrowed.status).toBe(0);
    expect(narrowed.stdout).toContain("nothing becomes freer");
    expect(narrowed.stdout).toContain("newly denied");
  });

  it.each(["--data", "--data-old", "--data-new"])("names %s and the file when its site data are wrong", (option) => {
    const wrong = path.join(folder, "wrong.yaml");
    writeFileSync(wrong, "namespaces: default\n");
    const { status, stdout, stderr } = diff(option, wrong);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`${option} ${wrong}: namespaces`);
    expect(diff(option, "/nowhere").stderr).toContain(`${option} /nowhere: cannot read`);
  });

  it.each([
    ["a bundle that is not there", [bundle, "/nowhere"], "/nowhere"],
    ["inputs that are not there", [bundle, bundle, "--inputs", "/nowhere"], "/nowhere"],
    ["site data that is not there", [bundle, bundle, "--data-new", "/nowhere"], "/nowhere"],
    ["one bundle", [bundle], "new"],
  ])("refuses %s with exit code 2", (_what, parameters, named) => {
    const { status, stdout, stderr } = runCli(["policy", "diff", ...parameters]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(named);
  });
});

describe("policy replay", { timeout: 180_000 }, () => {
  it("reads standard input, and does not call it well when that holds no call", () => {
    const { status, stderr } = runCli(["policy", "replay", "-"], { input: "{}\n" });
    expect(status).toBe(2);
    expect(stderr).toContain("nothing was asked: - holds no decision");
  });

  it("refuses an audit that is not there with exit code 2", () => {
    expect(runCli(["policy", "replay", "/nowhere"])).toMatchObject({ status: 2, stdout: "" });
  });
});
