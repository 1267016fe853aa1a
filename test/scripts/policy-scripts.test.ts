// The policy scripts themselves: what the build reads, how it compares, and how it behaves where Go is missing.
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readAnnotations } from "../../src/desk/annotations.ts";
import { mergePatch } from "../../src/desk/cases.ts";
import { compareWithManifest } from "../../src/desk/manifest.ts";
import { listSources } from "../../src/desk/sources.ts";
import { createStepList } from "../../src/desk/steps.ts";
import { readTar } from "../../src/desk/tar.ts";

const root = path.resolve(import.meta.dirname, "../..");

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-scripts-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of policies/ that a test may spoil. */
function copyOfPolicies(): string {
  const policies = path.join(scratch(), "policies");
  cpSync(path.join(root, "policies"), policies, { recursive: true });
  return policies;
}

const compare = (policies: string) => compareWithManifest(policies, path.join(policies, "build"));

describe("the manifest", () => {
  test("holds for the committed build", () => {
    expect(compare(copyOfPolicies())).toMatchObject({ state: "passed" });
  });

  test.each([
    ["aisre/kubectl/kubectl.rego"],
    ["aisre/kubectl/data.yaml"],
    ["site/data.yaml"],
    ["cases/kubectl.json"],
    ["capabilities.json"],
    [".manifest"],
  ])("names %s when it has changed", (file) => {
    const policies = copyOfPolicies();
    appendFileSync(path.join(policies, file), "\n");
    expect(compare(policies)).toEqual({ state: "failed", note: `not as built: ${file}: run \`make policy\`` });
  });

  test("names a rule file that was added and one that was taken away", () => {
    const policies = copyOfPolicies();
    writeFileSync(path.join(policies, "aisre/guard/extra.rego"), "package aisre.guard\n");
    rmSync(path.join(policies, "aisre/jq/jq.rego"));
    expect(compare(policies)).toMatchObject({
      note: expect.stringContaining("aisre/guard/extra.rego, aisre/jq/jq.rego"),
    });
  });

  test("names an output that was edited by hand, and one that is gone", () => {
    const policies = copyOfPolicies();
    appendFileSync(path.join(policies, "build/data.json"), " ");
    rmSync(path.join(policies, "build/policy.wasm"));
    expect(compare(policies)).toMatchObject({ note: expect.stringContaining("build/data.json, build/policy.wasm") });
  });

  test("fails when there is none", () => {
    const policies = copyOfPolicies();
    rmSync(path.join(policies, "build/manifest.json"));
    expect(compare(policies)).toMatchObject({ state: "failed" });
  });
});

test("tests and former builds are no sources of the build", () => {
  const sources = listSources(path.join(root, "policies"));
  expect(sources).toContain("aisre/authz/authz.rego");
  expect(sources.filter((name) => name.endsWith("_test.rego") || name.startsWith("build/"))).toEqual([]);
});

test("a case's input replaces lists, merges objects, and takes away what is null", () => {
  const base = { command: { verb: ["get"], flags: { a: ["1"] }, all: false }, other: 1 };
  const patch = { command: { verb: ["top"], flags: { b: ["2"] }, all: null } };
  expect(mergePatch(base, patch)).toEqual({
    command: { verb: ["top"], flags: { a: ["1"], b: ["2"] } },
    other: 1,
  });
});

test("a step that throws counts as failed and does not stop the list", async () => {
  const lines: string[] = [];
  const steps = createStepList((line) => lines.push(line));
  await steps.run("one", () => {
    throw new Error("broken");
  });
  await steps.run("two", () => ({ state: "passed" }));
  await steps.run("three", () => ({ state: "skipped", note: "no Go" }));
  expect(steps.finish()).toBe(1);
  expect(lines).toEqual([
    "one        failed: broken",
    "two        passed",
    "three      skipped: no Go",
    "policy: 1 passed, 1 failed, 1 skipped",
  ]);
});

test("an archive that is cut off is refused", () => {
  const folder = scratch();
  writeFileSync(path.join(folder, "a.txt"), "x".repeat(2000));
  const made = spawnSync("tar", ["--format=ustar", "-cf", "-", "a.txt"], { cwd: folder });
  expect(readTar(made.stdout).get("a.txt")?.length).toBe(2000);
  expect(() => readTar(made.stdout.subarray(0, 1024))).toThrow("cut off at a.txt");
});

test("a rule without an id, or with one that is taken, stops the build", () => {
  const rule = (custom: unknown) => ({
    annotations: { scope: "rule", title: "T", description: "D", custom },
    location: { file: "aisre/x/x.rego", row: 3 },
    path: ["data", "aisre", "x", "deny"].map((value) => ({ value })),
  });
  const custom = { id: "x/one", severity: "low", examples: { match: [["jq", "."]] } };
  const inspect = (...customs: readonly unknown[]) => JSON.stringify({ annotations: customs.map(rule) });
  expect(readAnnotations(inspect(custom)).rules.map(({ id }) => id)).toEqual(["x/one"]);
  expect(() => readAnnotations(inspect(undefined))).toThrow("aisre/x/x.rego:3");
  expect(() => readAnnotations(inspect(custom, custom))).toThrow("x/one is taken twice");
});

test("without Go and without a built opa, hashes are compared and the rest is skipped and says so", () => {
  const home = scratch();
  const bin = path.join(home, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, path.join(bin, "node"));
  const run = spawnSync(path.join(bin, "node"), ["scripts/policy-build.ts", "--check"], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: bin, HOME: home, XDG_CACHE_HOME: home },
  });
  expect(run.stdout).toContain("not rebuilt: Go is not installed");
  expect(run.stdout.trim().split("\n").at(-1)).toBe("policy: 1 passed, 0 failed, 5 skipped");
  expect(run.status).toBe(0);
});

test("docs/policies.md says what the build's annotations say", () => {
  const run = spawnSync(process.execPath, ["scripts/policy-docs.ts", "--check"], { cwd: root, encoding: "utf8" });
  expect(run.stdout.trim()).toBe("docs/policies.md is up to date");
  const { rules } = JSON.parse(readFileSync(path.join(root, "policies/build/annotations.json"), "utf8"));
  const page = readFileSync(path.join(root, "docs/policies.md"), "utf8");
  for (const { id } of rules) expect(page).toContain(`### ${id}\n`);
});
