// `npm run policy`: formats, checks, tests and builds the Rego policy into policies/build, or with --check compares the
// committed build with a fresh one, byte for byte. Without Go it compares hashes and says so.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadCases } from "./policy-cases.ts";
import { compile, outputNames, writeOutputs } from "./policy-compile.ts";
import { findTool, opaTool, regalTool, runTool } from "./policy-tools.ts";
import { stageForTest } from "./policy-sources.ts";
import { createStepList, type StepResult } from "./policy-steps.ts";
import { testPolicy } from "./policy-test.ts";
import { compareWithManifest } from "./policy-manifest.ts";

const root = join(import.meta.dirname, "..");
const policies = join(root, "policies");
const build = join(policies, "build");
const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const steps = createStepList(console.log);
const scratch = mkdtempSync(join(tmpdir(), "aisre-policy-"));
try {
  run();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = steps.finish();

function run(): void {
  runOpaSteps();
  steps.run("regal", lint);
}

function runOpaSteps(): void {
  steps.run("manifest", () => (options.check ? compareWithManifest(policies, build) : skipped("made by this build")));
  const opa = findTool(root, opaTool, console.log);
  if (!opa.ok) {
    for (const name of ["fmt", "check", "test", "build"]) steps.run(name, () => skipped(`not rebuilt: ${opa.why}`));
    return;
  }
  const cases = loadCases(policies);
  const testStage = join(scratch, "test");
  stageForTest(policies, testStage, cases);

  steps.run("fmt", () => format(opa.path));
  steps.run("check", () => {
    const schemas = join(policies, "schemas");
    const capabilities = join(policies, "capabilities.json");
    runTool(opa.path, ["check", "--strict", "--schema", schemas, "--capabilities", capabilities, "-b", "."], testStage);
    return { state: "passed" };
  });
  steps.run("test", () => testPolicy(opa.path, testStage));
  steps.run("build", () => {
    const outputs = compile({ opa, policies, scratch, cases });
    if (!options.check) {
      writeOutputs(build, outputs);
      return { state: "passed", note: `${outputs["policy.wasm"].length} bytes of WASM, ${cases.length} cases` };
    }
    const differing = outputNames.filter((name) => !sameBytes(join(build, name), outputs[name]));
    if (differing.length === 0) return { state: "passed", note: "equal, byte for byte" };
    return { state: "failed", note: `${differing.join(", ")} differ from a fresh build: run \`make policy\`` };
  });
}

/** With --check nothing is written; otherwise the Rego files are brought into shape. */
function format(opa: string): StepResult {
  const folders = ["aisre"];
  runTool(opa, options.check ? ["fmt", "--fail", "--list", ...folders] : ["fmt", "--write", ...folders], policies);
  return { state: "passed" };
}

/** Its own configuration, policies/.regal/config.yaml, says what is loosened and why. */
function lint(): StepResult {
  const regal = findTool(root, regalTool, console.log);
  if (!regal.ok) return skipped(`not linted: ${regal.why}`);
  runTool(regal.path, ["lint", "--no-color", "."], policies);
  return { state: "passed" };
}

function sameBytes(path: string, bytes: Buffer): boolean {
  return existsSync(path) && readFileSync(path).equals(bytes);
}

function skipped(note: string): StepResult {
  return { state: "skipped", note };
}
