// Every check of a policy's sources that needs no test: format, strict compilation, regal, and the house's own rules. Called by
// `ai-sre policy lint`.
import path from "node:path";
import * as z from "zod";
import { annotationsOf } from "./annotations.ts";
import { checkRego, formatRego, inScratch } from "./build.ts";
import { loadCases } from "./cases.ts";
import { houseProblems } from "./house-rules.ts";
import type { PolicyFolder } from "./policy-folder.ts";
import { type Problem, PolicyProblems, textProblems } from "./problem.ts";
import { howToGet, type Program } from "./program.ts";
import { stageForTest } from "./sources.ts";

export interface LintReport {
  readonly problems: readonly (Problem & { readonly by: "format" | "opa" | "regal" | "house" })[];
  /** Checks that could not be made, and why. */
  readonly notes: readonly string[];
}

export interface Linters {
  readonly opa: Program | undefined;
  readonly regal: Program | undefined;
}

export async function lintPolicy(folder: PolicyFolder, { opa, regal }: Linters): Promise<LintReport> {
  const by = (name: LintReport["problems"][number]["by"]) => (problem: Problem) => ({ ...problem, by: name });
  const checked = opa === undefined ? [] : await inScratch((scratch) => checkAll(opa, folder, scratch));
  return {
    problems: [
      ...(opa === undefined ? [] : (await formatRego(opa, folder, false)).map(by("format"))),
      ...checked.map(by("opa")),
      ...(regal === undefined ? [] : (await runRegal(regal, folder)).map(by("regal"))),
      ...houseProblems(folder, annotationsOf(folder.build)).map(by("house")),
    ],
    notes: [...(opa === undefined ? [howToGet("opa")] : []), ...(regal === undefined ? [howToGet("regal")] : [])],
  };
}

/** With tests and tables: a test that does not compile tests nothing. */
async function checkAll(opa: Program, folder: PolicyFolder, scratch: string): Promise<readonly Problem[]> {
  try {
    const stage = path.join(scratch, "test");
    stageForTest(folder.policies, stage, loadCases(folder.policies));
    return await checkRego(opa, folder, stage);
  } catch (error) {
    if (error instanceof PolicyProblems) return error.problems;
    throw error;
  }
}

const reportSchema = z.object({
  violations: z
    .array(
      z.object({
        title: z.string(),
        description: z.string(),
        location: z.object({ file: z.string(), row: z.int() }),
      }),
    )
    .nullish(),
});

/** Its own configuration, .regal/config.yaml, says what is loosened and why. */
export async function runRegal(regal: Program, { policies }: PolicyFolder): Promise<readonly Problem[]> {
  const { ok, stdout, stderr } = await regal.run(["lint", "--format", "json", "."], policies);
  const report = reportSchema.safeParse(parsed(stdout)).data;
  if (report === undefined) return ok ? [] : textProblems(`${stdout}\n${stderr}`);
  return (report.violations ?? []).map(({ title, description, location }) => ({
    file: location.file,
    line: location.row,
    message: `${description} (${title})`,
  }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
