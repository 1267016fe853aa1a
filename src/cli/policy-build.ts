// `ai-sre policy build`: Rego and data → a bundle folder that the server can be pointed at.
import path from "node:path";
import { Command } from "commander";
import { programFolders } from "../config/program-folders.ts";
import { buildPolicy, inScratch } from "../desk/build.ts";
import { writeOutputs } from "../desk/compile.ts";
import { findProgram, howToGet } from "../desk/program.ts";
import { loadBundle } from "../policy/bundle.ts";
import { foldersOf, problemsOf, type SourceOptions, toLines, withSources } from "./policy-sources.ts";
import { runAndWatch } from "./policy-watch.ts";
import { endWithReader } from "./standard-output.ts";

interface Options extends SourceOptions {
  readonly out?: string;
}

const examples = `
Examples:
  $ cp -r policies mine && ai-sre policy build --policies mine
  $ ai-sre policy build --policies mine --out /srv/policy --watch

Needs opa, in .tools/ or on PATH. A build that fails leaves what was there.
Exit code: 0 built, 1 the sources are wrong, 2 usage, or no opa.`;

export function policyBuildCommand(): Command {
  const command = new Command("build").description("Build a policy bundle from Rego and data: check, compile, prove.");
  return withSources(command)
    .option("--out <folder>", "where the bundle goes (default: build/ in the sources' folder)")
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action(async (options: Options, self: Command) => {
      const folder = foldersOf(options, self, options.out);
      const opa = (await findProgram("opa", programFolders())) ?? self.error(howToGet("opa"));
      endWithReader();
      await runAndWatch(folder.policies, options.watch === true, async () => {
        let built: object = {};
        const problems = await problemsOf(() =>
          inScratch(async (scratch) => {
            const { outputs, cases } = await buildPolicy(opa, folder, scratch);
            // Proved aside as the server proves it: what does not load never replaces what did.
            const aside = path.join(scratch, "bundle");
            writeOutputs(aside, outputs);
            const { wasmSha256 } = loadBundle(aside);
            writeOutputs(folder.build, outputs);
            built = { folder: folder.build, opa: opa.version, wasm_sha256: wasmSha256, cases: cases.length };
          }),
        );
        process.exitCode = problems.length === 0 ? 0 : 1;
        process.stdout.write(
          options.json === true
            ? `${JSON.stringify({ ok: problems.length === 0, ...built, problems })}\n`
            : `${problems.length === 0 ? summary(built) : toLines(problems).join("\n")}\n`,
        );
      });
    });
}

const summary = (built: object): string =>
  `built ${Object.entries(built)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ")}`;
