// `ai-sre policy lint`: format, strict compilation, regal, and the rules of the house; every problem with its file and line.
import { Command } from "commander";
import { programFolders } from "../config/program-folders.ts";
import { lintPolicy, type LintReport } from "../desk/lint.ts";
import { paintFor } from "../desk/paint.ts";
import { renderProblem } from "../desk/problem.ts";
import { findProgram } from "../desk/program.ts";
import { foldersOf, type SourceOptions, withSources } from "./policy-sources.ts";
import { runAndWatch } from "./policy-watch.ts";
import { endWithReader } from "./standard-output.ts";

const examples = `
Examples:
  $ ai-sre policy lint --policies mine
  $ ai-sre policy lint --policies mine --json | jq -r '.problems[] | "\\(.file):\\(.line) \\(.message)"'

opa and regal are looked for in .tools/ and on PATH; a check that cannot be made is said.
Exit code: 0 nothing found, 1 problems, 2 usage.`;

export function policyLintCommand(): Command {
  const command = new Command("lint").description(
    "Check a policy's sources: format, types, regal, the rules of the house.",
  );
  return withSources(command)
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action(async (options: SourceOptions, self: Command) => {
      const folder = foldersOf(options, self);
      const folders = programFolders();
      const [opa, regal] = await Promise.all([findProgram("opa", folders), findProgram("regal", folders)]);
      endWithReader();
      await runAndWatch(folder.policies, options.watch === true, async () => {
        const report = await lintPolicy(folder, { opa, regal });
        process.exitCode = report.problems.length === 0 ? 0 : 1;
        process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : render(report));
      });
    });
}

function render({ problems, notes }: LintReport): string {
  const paint = paintFor(process.stdout);
  const lines = [
    ...problems.map((problem) => `${renderProblem(problem)} [${problem.by}]`),
    ...notes.map((note) => paint.warn(`note: ${note}`)),
    problems.length === 0 ? paint.good("nothing found") : paint.bad(`${problems.length} problems`),
  ];
  return `${lines.join("\n")}\n`;
}
