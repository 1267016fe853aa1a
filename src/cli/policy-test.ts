// `ai-sre policy test`: decision tables, rule examples and opa's own tests in one report.
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { programFolders } from "../config/program-folders.ts";
import { buildPolicy, formerBuild, inScratch } from "../desk/build.ts";
import { loadCases } from "../desk/cases.ts";
import { writeOutputs } from "../desk/compile.ts";
import { compareWithManifest } from "../desk/manifest.ts";
import { type Paint, paintFor } from "../desk/paint.ts";
import type { PolicyFolder } from "../desk/policy-folder.ts";
import { findProgram, howToGet, type Program } from "../desk/program.ts";
import { testRego } from "../desk/rego-tests.ts";
import { type TestReport, testTables } from "../desk/test-policy.ts";
import { foldersOf, problemsOf, type SourceOptions, toLines, withSources } from "./policy-sources.ts";
import { runAndWatch } from "./policy-watch.ts";
import { endWithReader } from "./standard-output.ts";

interface Options extends SourceOptions {
  readonly minCoverage: number;
  readonly tables?: true;
}

const examples = `
Examples:
  $ ai-sre policy test --policies mine
  $ ai-sre policy test --policies mine --tables --watch     # in a second, while you edit

With opa (in .tools/ or on PATH) the sources are built anew first; without, the last build is tested and that is said.
Exit code: 0 all passed, 1 something failed, 2 usage.`;

export function policyTestCommand(): Command {
  const command = new Command("test").description(
    "Test a policy: decision tables and rule examples through its WASM, opa's own tests with coverage, rules no case fires.",
  );
  return withSources(command)
    .option("--tables", "decision tables and examples only: opa's own tests take longer")
    .option("--min-coverage <percent>", "fail when opa's tests reach fewer of the lines", toPercent, 0)
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action(async (options: Options, self: Command) => {
      const folder = foldersOf(options, self);
      const opa = await findProgram("opa", programFolders());
      endWithReader();
      await runAndWatch(folder.policies, options.watch === true, async () => {
        let report: TestReport | undefined;
        const problems = await problemsOf(async () => {
          report = await inScratch((scratch) => runTests(folder, opa, scratch, options.tables === true));
        });
        const passed = problems.length === 0 && report !== undefined && isPassed(report, options.minCoverage);
        process.exitCode = passed ? 0 : 1;
        process.stdout.write(
          options.json === true
            ? `${JSON.stringify({ ok: passed, problems, ...report })}\n`
            : render(problems.length === 0 ? report : undefined, toLines(problems), options, paintFor(process.stdout)),
        );
      });
    });
}

async function runTests(
  folder: PolicyFolder,
  opa: Program | undefined,
  scratch: string,
  tablesOnly: boolean,
): Promise<TestReport> {
  if (opa === undefined) {
    const bundle = formerBuild(folder, scratch);
    const stale = compareWithManifest(folder.policies, folder.build);
    const tables = await testTables(folder, bundle, loadCases(folder.policies));
    // What was edited since is not in what was tested: that is no pass.
    const failures = stale.state === "failed" ? [{ file: "build/manifest.json", message: stale.note }] : [];
    const notes = [`${howToGet("opa")}; the last build was tested`];
    return { ...tables, failures: [...failures, ...tables.failures], notes };
  }
  const { outputs, cases } = await buildPolicy(opa, folder, scratch);
  const bundle = path.join(scratch, "bundle");
  writeOutputs(bundle, outputs);
  const tables = await testTables(folder, bundle, cases);
  if (tablesOnly) return { ...tables, notes: ["opa's own tests were left out (--tables)"] };
  return { ...tables, rego: await testRego(opa, path.join(scratch, "test")), notes: [] };
}

const isPassed = ({ failures, rego }: TestReport, minCoverage: number): boolean =>
  failures.length === 0 && (rego === undefined || (rego.failures.length === 0 && (rego.coverage ?? 0) >= minCoverage));

function render(report: TestReport | undefined, problems: readonly string[], options: Options, paint: Paint): string {
  if (report === undefined) return `${problems.join("\n")}\n${paint.bad("not tested: the sources are wrong")}\n`;
  const { cases, examples: asked, failures, unfired, rego, notes } = report;
  const failed = failures.length + (rego?.failures.length ?? 0);
  const lines = [
    ...toLines([...failures, ...(rego?.failures ?? [])]),
    `decision tables  ${cases} cases`,
    `rule examples    ${asked}`,
    ...(rego === undefined ? [] : [`opa test         ${rego.passed} passed, ${rego.failures.length} failed`]),
    ...(rego?.coverage === undefined ? [] : coverageLines(rego.coverage, rego.uncovered, options.minCoverage)),
    ...(unfired.length === 0 ? ["rules            each fires in a case"] : toLines(unfired).map(paint.warn)),
    ...notes.map((note) => paint.warn(`note: ${note}`)),
    isPassed(report, options.minCoverage) ? paint.good("passed") : paint.bad(`failed: ${failed} problems`),
  ];
  return `${lines.join("\n")}\n`;
}

const coverageLines = (
  coverage: number,
  uncovered: readonly { readonly file: string; readonly line?: number }[],
  least: number,
): readonly string[] => [
  `coverage         ${coverage.toFixed(1)} %${coverage < least ? `, and ${least} % are asked for` : ""}`,
  ...uncovered.map(({ file, line }) => `  no test reaches ${file}:${line ?? 1}`),
];

function toPercent(text: string): number {
  const percent = Number(text);
  if (text.trim() === "" || !(percent >= 0 && percent <= 100)) throw new InvalidArgumentError("not from 0 to 100");
  return percent;
}
