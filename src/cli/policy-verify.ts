// `ai-sre policy verify`: is this bundle whole, and signed by a key that I know? Offline. Prints what a running server would
// name it, so that its audit and its metrics can be held against the folder.
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { joinPolicy, layersOver, publicKeysOf } from "../compose/policy.ts";
import { loadConfig } from "../config/load.ts";
import { StartError } from "../errors.ts";
import { openBundle } from "../policy/bundle.ts";
import { whyOutOfOrder } from "../policy/bundle-order.ts";
import { dataOf, withData } from "./policy-options.ts";

interface Options {
  readonly key?: string;
  readonly data?: string;
  readonly json?: true;
}

const clock = { now: () => 0, monotonic: () => 0 };

export function policyVerifyCommand(): Command {
  return new Command("verify")
    .description(
      "Verify a signed policy bundle: every file, by the signature that `opa sign` made. Exit code 1 when it is not.",
    )
    .argument("[folder]", "policy bundle (default: AISRE_POLICY, or the one that comes with AI SRE)")
    .option("--key <file>", "PEM file with the public keys (default: AISRE_POLICY_PUBLIC_KEY)")
    .option(
      "--data <file>",
      "YAML of site data, for the revision that a server would show (default: AISRE_POLICY_DATA)",
    )
    .option("--json", "print one JSON object")
    .action(async (folder: string | undefined, options: Options, command: Command) => {
      const { policy: configured } = loadConfig();
      const publicKeys = options.key === undefined ? configured.publicKeys : read(options.key, command);
      if (publicKeys === undefined) return command.error("give the public key: --key FILE, or AISRE_POLICY_PUBLIC_KEY");
      const config = { ...configured, publicKeys, folder: folder ?? configured.folder };
      const answer = await verify(withData(config, dataOf("--data", options.data), command));
      process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : inWords(answer));
      if (!answer.verified) process.exitCode = 1;
    });
}

type Site = Parameters<typeof layersOver>[1] & ReturnType<typeof loadConfig>["policy"];

/** A key or site data that cannot be read is the caller's mistake, and thrown. */
async function verify(config: Site) {
  const { folder } = config;
  const keys = publicKeysOf(config);
  try {
    const { bundle } = await openBundle(folder, keys);
    const why = whyOutOfOrder({ candidate: bundle.release, named: config.revision });
    if (why !== undefined) return { verified: false, folder, why } as const;
    const { policy } = joinPolicy({ bundle, siteData: layersOver(bundle, config) }, config, { clock });
    return {
      verified: true,
      folder,
      key_id: policy.keyId ?? "",
      bundle_revision: bundle.release?.revision ?? "",
      policy_revision: policy.revision,
    } as const;
  } catch (error) {
    if (error instanceof StartError && error.code === "policy_missing") {
      return { verified: false, folder, why: error.message } as const;
    }
    throw error;
  }
}

const inWords = (answer: Awaited<ReturnType<typeof verify>>): string =>
  answer.verified
    ? [
        `verified: ${answer.folder}`,
        `  signed with key   ${answer.key_id}`,
        `  bundle revision   ${answer.bundle_revision}`,
        `  policy revision   ${answer.policy_revision} (with this site data)`,
        "",
      ].join("\n")
    : `refused: ${answer.why}\n`;

function read(file: string, command: Command): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return command.error(`cannot read ${file}`);
  }
}
