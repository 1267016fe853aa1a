// Finds and runs the programs that the grammars were written for. AISRE_TEST_TOOLS may name further folders, by colons.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Grammar } from "../../src/command/grammar/types.ts";

const root = path.resolve(import.meta.dirname, "../..");
const further = (process.env["AISRE_TEST_TOOLS"] ?? "").split(":").filter((folder) => folder !== "");
const folders = [...further, path.join(root, ".tools/bin"), "/usr/local/bin", "/usr/bin", "/bin"];

const environment = {
  PATH: "/nonexistent",
  HOME: "/nonexistent",
  LC_ALL: "C.UTF-8",
  KUBECONFIG: "/nonexistent",
  KUBERC: "off",
};

interface Surroundings {
  readonly input?: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs to the end, bounded in time and output. */
export const run = (file: string, words: readonly string[], around: Surroundings = {}) =>
  spawnSync(file, words, {
    input: around.input ?? "a b\n",
    encoding: "utf8",
    env: { ...environment, ...around.environment },
    timeout: around.timeoutMs ?? 20_000,
    killSignal: "SIGKILL",
    maxBuffer: 256 * 1024,
    ...(around.cwd === undefined ? {} : { cwd: around.cwd }),
  });

/** The first program of that name which is the one the grammar was written for. */
export function locate({ spec }: Grammar): string | undefined {
  return folders
    .map((folder) => path.join(folder, spec.name))
    .filter((file) => existsSync(file))
    .find((file) => {
      const { stdout } = run(file, spec.probe);
      const version = spec.versionPattern.exec(stdout)?.[1];
      const isOther = spec.impostor?.test(stdout) === true;
      return version !== undefined && !isOther && inRange(version, spec.atLeast, spec.below);
    });
}

const inRange = (version: string, atLeast: string, below: string): boolean =>
  compare(version, atLeast) >= 0 && compare(version, below) < 0;

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => text.split(".").map(Number));
  for (let at = 0; at < 3; at += 1) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
