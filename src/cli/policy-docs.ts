// `ai-sre policy docs`: the rules of a bundle as one Markdown page, made of their METADATA.
import { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { annotationsOf } from "../desk/annotations.ts";
import { renderPolicyPage } from "../desk/page.ts";
import { loadBundle } from "../policy/bundle.ts";
import { endWithReader } from "./standard-output.ts";

const examples = `
Examples:
  $ ai-sre policy docs > policies.md
  $ ai-sre policy docs --policy mine/build --json

Exit code: 0, or 2 when there is no bundle.`;

export function policyDocsCommand(): Command {
  return new Command("docs")
    .description(
      "Print every rule of a bundle as Markdown: what it protects from, its examples, the site data that feeds it.",
    )
    .option("--policy <folder>", "policy bundle (default: AISRE_POLICY, or the one that comes with AI SRE)")
    .option("--json", "print the METADATA as JSON")
    .addHelpText("after", examples)
    .action((options: { readonly policy?: string; readonly json?: true }) => {
      const folder = options.policy ?? loadConfig().policy.folder;
      loadBundle(folder);
      const annotations = annotationsOf(folder);
      endWithReader();
      process.stdout.write(
        options.json === true ? `${JSON.stringify(annotations, null, 2)}\n` : renderPolicyPage(annotations),
      );
    });
}
