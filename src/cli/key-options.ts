// The key that `call` and `approve` send: how it is given, and what is said when a server wants another.
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { callerKey, type KeyVariable } from "../config/caller-key.ts";

export interface KeyOptions {
  readonly key?: string;
  readonly keyFile?: string;
}

export const withKey = (command: Command, variable: KeyVariable): Command =>
  command
    .option("--key-file <file>", "file that holds the bearer key: other users of this machine do not see it")
    .option(
      "--key <key>",
      `bearer key (default, over https or on this machine: ${variable}, or the file that ${variable}_FILE names)`,
    );

/** The key in force; undefined: none was given anywhere. A usage error for a file that holds none. */
export function keyOf(
  { key, keyFile, url }: KeyOptions & { readonly url: string },
  variable: KeyVariable,
  command: Command,
): string | undefined {
  if (keyFile === undefined) return key ?? callerKey(variable, url);
  if (key !== undefined) return command.error("give --key or --key-file, not both");
  const read = textOf(keyFile)?.trim();
  if (read === undefined) return command.error(`--key-file: cannot read ${keyFile}`);
  return read === "" ? command.error(`--key-file: ${keyFile} is empty`) : read;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** What a person reads who is not let in. */
export const refusedKey = (url: string, key: string | undefined, variable: KeyVariable): string =>
  key === undefined
    ? `${url} wants a key, and none was given: --key-file FILE, --key KEY, or ${variable}`
    : `${url} refused the key: give a valid one by --key-file FILE, --key KEY, or ${variable}`;
