// The pinned opa and regal, built and kept like every program in Go (go-program.ts), and linked into .tools/ for people. Called by
// the policy scripts and by tests.
import { spawnSync } from "node:child_process";
import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { type Built, buildGoProgram, type GoProgram } from "./go-program.ts";

export const opaTool: GoProgram = { name: "opa", module: "github.com/open-policy-agent/opa", probe: ["version"] };

/** regal embeds an opa of its own, so that the two have a module each. */
export const regalTool: GoProgram = {
  name: "regal",
  module: "github.com/open-policy-agent/regal",
  versionVariable: "github.com/open-policy-agent/regal/pkg/version.Version",
  probe: ["version"],
};

const runTimeoutMs = 15 * 60_000;

/** Finds the pinned tool or builds it with Go; without Go, or when Go cannot build it, says why. Never throws for either. */
export function findTool(root: string, tool: GoProgram, announce: (line: string) => void): Built {
  const built = buildGoProgram(root, tool, announce);
  if (built.ok) linkTool(root, tool, built.file);
  return built;
}

/** The pinned tool where an earlier run has built it, linked for those who look for it in the checkout. */
export function builtTool(root: string, tool: GoProgram): string | undefined {
  const built = buildGoProgram(root, tool, () => {}, { cachedOnly: true });
  if (!built.ok) return undefined;
  linkTool(root, tool, built.file);
  return built.file;
}

/** Runs a tool in a folder; answers its standard output, throws with the last lines of what it said when it fails. */
export function runTool(file: string, parameters: readonly string[], cwd: string): string {
  const run = spawnSync(file, parameters, {
    cwd,
    encoding: "utf8",
    timeout: runTimeoutMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0) throw new Error(`${run.stdout}\n${run.stderr}`.trim().split("\n").slice(-40).join("\n"));
  return run.stdout;
}

/** `.tools/opa` is a link for people; the scripts use the cached file itself, so a stale link is harmless. */
function linkTool(root: string, { name }: GoProgram, target: string): void {
  const link = path.join(root, ".tools", name);
  try {
    if (readlinkSync(link) === target) return;
  } catch {
    // There is no link yet, or something else lies there: it is replaced.
  }
  mkdirSync(path.dirname(link), { recursive: true });
  // Tests that begin at the same time all make it: the last one wins, and nobody sees none.
  const aside = `${link}.${process.pid}`;
  rmSync(aside, { force: true });
  symlinkSync(target, aside);
  renameSync(aside, link);
}
