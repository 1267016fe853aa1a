// `ai-sre policy replay`: what the audit recorded, asked of another policy or of other site data.
import { Command } from "commander";
import { comparisonJson, renderComparison } from "../desk/comparison-text.ts";
import { policyOf } from "../desk/explain.ts";
import { type Paint, paintFor } from "../desk/paint.ts";
import { type Replay, replay } from "../desk/replay.ts";
import type { Side } from "../desk/side.ts";
import { madeVisible } from "../desk/visible.ts";
import { readable, type SideOptions, sideOf, withSide } from "./policy-options.ts";
import { endWithReader } from "./standard-output.ts";

interface Options extends SideOptions {
  readonly allowWidening?: true;
  readonly all?: true;
  readonly json?: true;
}

const examples = `
Examples:
  $ ai-sre policy replay audit.jsonl --policy candidate
  $ ai-sre policy replay audit.jsonl audit.1.jsonl.gz --data site.yaml --all
  $ kubectl logs deploy/ai-sre | ai-sre policy replay - --policy candidate --json

Exit code: 0 nothing would be freer than it was, 1 something would (unless --allow-widening), 2 usage or configuration.`;

export function policyReplayCommand(): Command {
  const command = new Command("replay")
    .description("Ask a policy what the audit recorded: which calls would have been decided otherwise.")
    .argument("<audit...>", "audit files; - is standard input, .gz is unpacked");
  return withSide(command)
    .option("--allow-widening", "end with 0 even when something would have been allowed")
    .option("--all", "show every call of every group")
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action(async (files: readonly string[], options: Options, self: Command) => {
      const side = await sideOf(options, self);
      const replayed = await readable(replay(side, files), self);
      // A wrong path must not look like a policy that changes nothing.
      if (replayed.calls === 0) self.error(`nothing was asked: ${files.join(", ")} holds no decision`);
      endWithReader();
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(toJson(side, replayed), null, 2)}\n`
          : render(side, replayed, paintFor(process.stdout), options.all === true),
      );
      const isFreer = replayed.widened > 0 && options.allowWidening !== true;
      process.exitCode = isFreer || replayed.contradicted.length > 0 ? 1 : 0;
    });
}

const toJson = (side: Side, { calls, unasked, first, last, contradicted, ...comparison }: Replay) => ({
  policy: policyOf(side),
  calls,
  unasked,
  first,
  last,
  contradicted,
  ...comparisonJson(comparison),
});

function render(side: Side, replayed: Replay, paint: Paint, all: boolean): string {
  const { calls, compared, groups, widened, unasked, first, last, contradicted } = madeVisible(replayed);
  const changed = groups.reduce((sum, group) => sum + group.changed.length, 0);
  const lines = [
    `policy  ${side.policy.revision} in ${side.folder}`,
    ...(first === undefined ? [] : [`audit   from ${first} to ${last ?? first}`]),
    ...renderComparison(replayed, paint, all),
    ...(groups.length === 0 ? [] : [""]),
    `${calls} calls: ${compared} asked again, ${changed} would be decided otherwise`,
    ...Object.entries(unasked).map(([why, count]) => `${count} not asked again: ${why}`),
    ...contradicted.map((name) =>
      paint.bad(`${name} was decided otherwise than its own revision decides: verify the audit and the bundle`),
    ),
    widened === 0 ? paint.good("nothing would have been freer") : paint.bad(`${widened} would have been freer`),
  ];
  return `${lines.join("\n")}\n`;
}
