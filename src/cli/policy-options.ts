// The options that the judging subcommands of `ai-sre policy` share: which bundle, which site data, and by whom it is asked.
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { openSide, type Side } from "../desk/side.ts";
import { type Role, roles } from "../domain/principal.ts";

export interface SideOptions {
  readonly policy?: string;
  readonly data?: string;
}

export const withSide = (command: Command): Command =>
  command
    .option("--policy <folder>", "policy bundle to judge by (default: AISRE_POLICY, or the one that comes with AI SRE)")
    .option("--data <file>", "YAML of site data to lay over the bundle's (default: AISRE_POLICY_DATA)");

/** The bundle and the site data that the options name, over those of the environment. */
export function sideOf(options: SideOptions, command: Command): Promise<Side> {
  const { policy, serverUrl } = loadConfig();
  return openSide(policyConfig(policy, options, command), serverUrl);
}

/** Site data that an option names. */
export interface DataOption {
  /** The option: messages name it and its file. */
  readonly option: string;
  readonly file: string;
}

/** The configuration of the environment, with the bundle and the data that the options name. */
export function policyConfig(policy: Config["policy"], options: SideOptions, command: Command): Config["policy"] {
  const folder = options.policy ?? policy.folder;
  return withData({ ...policy, folder }, dataOf("--data", options.data), command);
}

export const dataOf = (option: string, file: string | undefined): DataOption | undefined =>
  file === undefined ? undefined : { option, file };

/** The configuration with other site data; undefined leaves those of the environment. */
export function withData(policy: Config["policy"], data: DataOption | undefined, command: Command): Config["policy"] {
  if (data === undefined) return policy;
  const dataName = `${data.option} ${data.file}`;
  return { ...policy, dataFile: readText(dataName, data.file, command), dataName };
}

/** What reads files on its way; a usage error when one cannot be read. */
export async function readable<Value>(work: Promise<Value>, command: Command): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return command.error(`cannot read: ${error.message}`);
    throw error;
  }
}

/** A file that an option names; a usage error when it cannot be read. */
function readText(name: string, file: string, command: Command): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return command.error(`${name}: cannot read the file`);
  }
}

/** A role by its name; a usage error that lists them otherwise. */
export function toRole(name: string, command: Command): Role {
  const role = roles.find((known) => known === name);
  return role ?? command.error(`there is no role ${name}: ${roles.join(", ")}`);
}
