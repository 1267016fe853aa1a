// `npm run policy`: formats, checks, tests and builds the Rego policy into policies/build, or with --check compares the
// committed build with a fresh one, byte for byte. Without Go it compares hashes and says so. The steps are those of
// `ai-sre policy build`, which never builds opa itself.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPolicy, checkRego, differingOutputs, formatRego, inScratch } from "../src/desk/build.ts";
import { loadCases } from "../src/desk/cases.ts";
import { outputNames, writeOutputs } from "../src/desk/compile.ts";
import { runRegal } from "../src/desk/lint.ts";
import { compareWithManifest } from "../src/desk/manifest.ts";
import { openPolicyFolder } from "../src/desk/policy-folder.ts";
import { type Problem, renderProblem } from "../src/desk/problem.ts";
import { programAt } from "../src/desk/program.ts";
import { testRego } from "../src/desk/rego-tests.ts";
import { stageForTest } from "../src/desk/sources.ts";
import { createStepList, type StepResult } from "../src/desk/steps.ts";
import { findTool, opaTool, regalTool } from "./policy-tools.ts";

const root = join(import.meta.dirname, "..");
const folder = openPolicyFolder(join(root, "policies"));
const { policies, build } = folder;
const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });

/** Per cent of the policy's lines that the tests must reach. */
const coverageThreshold = 95;

const steps = createStepList(console.log);
await inScratch(runOpaSteps);
await steps.run("regal", lint);
process.exitCode = steps.finish();

async function runOpaSteps(scratch: string): Promise<void> {
  await steps.run("manifest", () =>
    options.check ? compareWithManifest(policies, build) : skipped("made by this build"),
  );
  const found = findTool(root, opaTool, console.log);
  if (!found.ok) {
    for (const name of ["fmt", "check", "test", "build"]) {
      await steps.run(name, () => skipped(`not rebuilt: ${found.why}`));
    }
    return;
  }
  const opa = programAt("opa", found.file, found.version);
  const stage = join(scratch, "tests");
  stageForTest(policies, stage, loadCases(policies));

  await steps.run("fmt", async () => resultOf(await formatRego(opa, folder, !options.check)));
  await steps.run("check", async () => resultOf(await checkRego(opa, folder, stage)));
  await steps.run("test", async () => {
    const { failures, coverage = 0, uncovered } = await testRego(opa, stage);
    if (failures.length > 0) return resultOf(failures);
    if (coverage >= coverageThreshold) return { state: "passed", note: `coverage ${coverage.toFixed(1)} %` };
    const missing = uncovered.map(({ file, line }) => `${file}:${line}`).join(" ");
    return { state: "failed", note: `coverage ${coverage} % is below ${coverageThreshold} %: ${missing}` };
  });
  await steps.run("build", async () => {
    const { outputs, cases } = await buildPolicy(opa, folder, scratch);
    if (!options.check) {
      writeOutputs(build, outputs);
      return { state: "passed", note: `${outputs["policy.wasm"].length} bytes of WASM, ${cases.length} cases` };
    }
    const differing = differingOutputs(build, outputs);
    if (differing.length === 0) return { state: "passed", note: `equal, byte for byte: ${outputNames.length} files` };
    return { state: "failed", note: `${differing.join(", ")} differ from a fresh build: run \`make policy\`` };
  });
}

/** Its own configuration, policies/.regal/config.yaml, says what is loosened and why. */
async function lint(): Promise<StepResult> {
  const found = findTool(root, regalTool, console.log);
  if (!found.ok) return skipped(`not linted: ${found.why}`);
  return resultOf(await runRegal(programAt("regal", found.file, found.version), folder));
}

function resultOf(problems: readonly Problem[]): StepResult {
  return problems.length === 0
    ? { state: "passed" }
    : { state: "failed", note: problems.map(renderProblem).join("\n") };
}

function skipped(note: string): StepResult {
  return { state: "skipped", note };
}
