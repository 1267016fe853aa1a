// Rego and data → a checked bundle. The steps of `ai-sre policy build`, shared with `policy test` and `make policy`.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Case, loadCases } from "./cases.ts";
import { compile, type Outputs } from "./compile.ts";
import type { PolicyFolder } from "./policy-folder.ts";
import { opaProblems, type Problem, PolicyProblems } from "./problem.ts";
import type { Program } from "./program.ts";
import { stageForTest } from "./sources.ts";

export interface Built {
  readonly outputs: Outputs;
  readonly cases: readonly Case[];
}

/** Works in a folder of its own that is gone afterwards, whatever happens. */
export async function inScratch<Value>(work: (scratch: string) => Promise<Value>): Promise<Value> {
  const scratch = mkdtempSync(path.join(tmpdir(), "aisre-policy-"));
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Everything that opa checks and compiles, as bytes. @throws PolicyProblems */
export async function buildPolicy(opa: Program, folder: PolicyFolder, scratch: string): Promise<Built> {
  const cases = loadCases(folder.policies);
  const stage = path.join(scratch, "test");
  stageForTest(folder.policies, stage, cases);
  const problems = await checkRego(opa, folder, stage);
  if (problems.length > 0) throw new PolicyProblems(problems);
  return { outputs: await compile({ opa, folder, scratch, cases }), cases };
}

/** `opa check --strict` over a stage: types against the input's schema, and only the builtins of the list. */
export async function checkRego(opa: Program, folder: PolicyFolder, stage: string): Promise<readonly Problem[]> {
  const { schemas, capabilities } = folder;
  const known = ["--schema", schemas, "--capabilities", capabilities];
  const { ok, stdout, stderr } = await opa.run(["check", "--strict", "--format", "json", ...known, "-b", "."], stage);
  return ok ? [] : opaProblems(stderr.trim() === "" ? stdout : stderr);
}

/** Files that `opa fmt` would write otherwise; with `write` it does. */
export async function formatRego(
  opa: Program,
  { policies }: PolicyFolder,
  write: boolean,
): Promise<readonly Problem[]> {
  const { ok, stdout, stderr } = await opa.run(["fmt", write ? "--write" : "--list", "aisre"], policies);
  if (!ok) return opaProblems(`${stdout}\n${stderr}`);
  const listed = stdout.split("\n").filter((line) => line !== "");
  return write ? [] : listed.map((file) => ({ file, message: "is not as `opa fmt --write` formats it" }));
}

/** The bundle that was built before; what it was built from may have changed since. @throws PolicyProblems */
export function formerBuild({ build }: PolicyFolder, scratch: string): string {
  if (!existsSync(path.join(build, "manifest.json"))) {
    throw new PolicyProblems([{ file: build, message: "nothing was built there yet" }]);
  }
  const copy = path.join(scratch, "bundle");
  cpSync(build, copy, { recursive: true });
  return copy;
}

/** True when a folder holds exactly these outputs. */
export const differingOutputs = (folder: string, outputs: Outputs): readonly string[] =>
  Object.entries(outputs)
    .filter(
      ([name, bytes]) => !existsSync(path.join(folder, name)) || !readFileSync(path.join(folder, name)).equals(bytes),
    )
    .map(([name]) => name);
