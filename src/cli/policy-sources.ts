// What `ai-sre policy build`, `test` and `lint` share: the folder of sources, and how problems are told.
import type { Command } from "commander";
import { StartError } from "../errors.ts";
import { openPolicyFolder, type PolicyFolder } from "../desk/policy-folder.ts";
import { type Problem, PolicyProblems, renderProblem } from "../desk/problem.ts";

export interface SourceOptions {
  readonly policies?: string;
  readonly json?: true;
  readonly watch?: true;
}

export const withSources = (command: Command): Command =>
  command
    .option(
      "--policies <folder>",
      "folder of the Rego sources: aisre/, site/, cases/ (default: the checkout's policies/)",
    )
    .option("--watch", "do it again whenever a source changes");

/** The folder, or a usage error. */
export function foldersOf(options: SourceOptions, command: Command, build?: string): PolicyFolder {
  try {
    return openPolicyFolder(options.policies, build);
  } catch (error) {
    if (error instanceof PolicyProblems) return command.error(error.message);
    throw error;
  }
}

/** What a step found wrong, where it says so by throwing; everything else is thrown on. */
export async function problemsOf(work: () => Promise<void>): Promise<readonly Problem[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof PolicyProblems) return error.problems;
    // What was built does not load, or does not judge as every policy must.
    if (error instanceof StartError && error.code === "policy_missing") return [unusable(error.message)];
    throw error;
  }
}

/** `FOLDER/policy.wasm: what is wrong; what to do`, of a folder that is gone again. */
function unusable(message: string): Problem {
  const [, file = "policy.wasm", what = message] = /^\S*?([\w.-]+): (.*?)(?:; restore .*)?$/s.exec(message) ?? [];
  return { file, message: `was built and ${what}` };
}

export const toLines = (problems: readonly Problem[]): readonly string[] => problems.map(renderProblem);
