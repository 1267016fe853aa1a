// `ai-sre policy diff`: two policies, or two site data, over the same inputs: which decisions change. Made for a pull request.
import { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { type Difference, diffSides } from "../desk/diff.ts";
import { comparisonJson, renderComparison } from "../desk/comparison-text.ts";
import { policyOf } from "../desk/explain.ts";
import { type Paint, paintFor } from "../desk/paint.ts";
import { openSide, type Side } from "../desk/side.ts";
import { dataOf, readable, withData } from "./policy-options.ts";
import { endWithReader } from "./standard-output.ts";

interface Options {
  readonly inputs?: readonly string[];
  readonly data?: string;
  readonly dataOld?: string;
  readonly dataNew?: string;
  readonly allowWidening?: true;
  readonly all?: true;
  readonly json?: true;
}

const examples = `
Examples:
  $ ai-sre policy diff main/policies/build policies/build
  $ ai-sre policy diff policies/build policies/build --data-new site.yaml --inputs calls.jsonl
  $ ai-sre policy diff policies/build candidate --inputs audit.jsonl audit.1.jsonl.gz --json

A line of --inputs is a call as \`policy check\` takes it, a case of build/cases.json, or an audit record.
Exit code: 0 nothing becomes freer, 1 something does (unless --allow-widening), 2 usage or configuration.`;

export function policyDiffCommand(): Command {
  return new Command("diff")
    .description("Compare two policies over the same inputs: which decisions change, what becomes allowed first.")
    .argument("<old>", "bundle folder that is in force")
    .argument("<new>", "bundle folder that would be")
    .option("--inputs <file...>", "what to ask (default: the cases and examples of both bundles); - is standard input")
    .option("--data <file>", "site data for both (default: AISRE_POLICY_DATA)")
    .option("--data-old <file>", "site data for <old> alone")
    .option("--data-new <file>", "site data for <new> alone")
    .option("--allow-widening", "end with 0 even when something becomes allowed")
    .option("--all", "show every input of every group")
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action(async (before: string, after: string, options: Options, self: Command) => {
      const { policy, serverUrl } = loadConfig();
      const open = (folder: string, option: string, own: string | undefined): Promise<Side> => {
        const data = dataOf(option, own) ?? dataOf("--data", options.data);
        return openSide(withData({ ...policy, folder }, data, self), serverUrl);
      };
      const sides = [
        await open(before, "--data-old", options.dataOld),
        await open(after, "--data-new", options.dataNew),
      ] as const;
      const difference = await readable(diffSides(...sides, options.inputs ?? []), self);
      // A wrong path must not look like a policy that changes nothing.
      if (difference.compared === 0) self.error("nothing was compared: the inputs hold no call");
      endWithReader();
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(toJson(sides, difference), null, 2)}\n`
          : render(sides, difference, paintFor(process.stdout), options.all === true),
      );
      process.exitCode = difference.widened > 0 && options.allowWidening !== true ? 1 : 0;
    });
}

const toJson = ([before, after]: readonly [Side, Side], difference: Difference) => ({
  old: policyOf(before),
  new: policyOf(after),
  site: difference.site,
  unasked: difference.unasked,
  ...comparisonJson(difference),
});

function render([before, after]: readonly [Side, Side], difference: Difference, paint: Paint, all: boolean): string {
  const { compared, groups, widened, unasked, site } = difference;
  const changed = groups.reduce((sum, group) => sum + group.changed.length, 0);
  const lines = [
    `old  ${before.policy.revision} in ${before.folder}`,
    `new  ${after.policy.revision} in ${after.folder}`,
    ...site.map((line) => `site ${line}`),
    ...renderComparison(difference, paint, all),
    ...(groups.length === 0 ? [] : [""]),
    `${compared} inputs compared: ${changed} change, ${compared - changed} do not`,
    ...Object.entries(unasked).map(([why, count]) => `${count} not compared: ${why}`),
    widened === 0
      ? paint.good("nothing becomes freer")
      : paint.bad(`${widened} become freer: look at each, then say --allow-widening`),
  ];
  return `${lines.join("\n")}\n`;
}
