// Where cargo and rustc are, how they are called, and what is cached. Used by the scripts of the sandbox only.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { userCache } from "./user-cache.ts";

const root = path.resolve(import.meta.dirname, "..");
export const crate = path.join(root, "sandbox");

export interface Cargo {
  /** What rustc says of itself, whole. */
  readonly compiler: string;
  /** The machine it is on, e.g. x86_64-unknown-linux-gnu. */
  readonly host: string;
  /** Runs `cargo SUBCOMMAND` on the crate; false when it fails. Prints what cargo prints when it does. */
  readonly run: (subcommand: string, ...options: readonly string[]) => boolean;
}

/** Undefined where Rust is not installed. */
export function findCargo(): Cargo | undefined {
  const rustc = spawnSync("rustc", ["-vV"], { encoding: "utf8" });
  const cargo = spawnSync("cargo", ["--version"], { encoding: "utf8" });
  const host = /^host: (.+)$/m.exec(rustc.stdout ?? "")?.[1];
  if (rustc.status !== 0 || cargo.status !== 0 || host === undefined) return undefined;
  return {
    compiler: rustc.stdout,
    host,
    run: (subcommand, ...options) => {
      const ran = spawnSync("cargo", [subcommand, ...options], { cwd: crate, encoding: "utf8" });
      if (ran.status !== 0) process.stdout.write(`${ran.stdout}${ran.stderr}`);
      return ran.status === 0;
    },
  };
}

/** Whether programs for this target can be checked here: Rust's own library for it is installed. */
export function isTargetThere(target: string): boolean {
  const { stdout } = spawnSync("rustc", ["--print", "target-libdir", "--target", target], { encoding: "utf8" });
  return typeof stdout === "string" && stdout.trim() !== "" && existsSync(stdout.trim());
}

/** With a target of its own, flags for the program do not reach what runs while it is built. */
export const buildOptions = (host: string): readonly string[] => [
  "--locked",
  "--quiet",
  "--target",
  host,
  "--target-dir",
  path.join(userCache, "sandbox-target"),
];
