// Finds the pinned opa or regal, or builds it once with Go from its folder below tools/, and runs it.
// Called by the policy scripts only. A built binary is cached outside the clone by the hash of its go.sum.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

interface GoTool {
  readonly name: "opa" | "regal";
  readonly module: string;
  /** The variable that the linker sets to the version, where the program does not know it by itself. */
  readonly versionVariable?: string;
  /** How the line of its `version` begins that ends with the version. */
  readonly says: string;
}

export const opaTool: GoTool = { name: "opa", module: "github.com/open-policy-agent/opa", says: "Version: " };

/** regal embeds an opa of its own, so that the two have a module each. */
export const regalTool: GoTool = {
  name: "regal",
  module: "github.com/open-policy-agent/regal",
  versionVariable: "github.com/open-policy-agent/regal/pkg/version.Version",
  says: "Version:       ",
};

export type ToolLookup =
  | { readonly ok: true; readonly path: string; readonly version: string; readonly built: boolean }
  | { readonly ok: false; readonly why: string };

/** A cold build takes three to five minutes on two cores. */
const buildTimeoutMs = 20 * 60_000;
const runTimeoutMs = 15 * 60_000;

/** The version that the tool's go.mod pins, e.g. "1.22.2". */
function pinnedVersion(root: string, { name, module }: GoTool): string {
  const pin = new RegExp(`${module} v(\\d+\\.\\d+\\.\\d+)`).exec(
    readFileSync(join(root, "tools", name, "go.mod"), "utf8"),
  );
  if (pin?.[1] === undefined) throw new Error(`tools/${name}/go.mod does not pin ${module}`);
  return pin[1];
}

/** Finds the pinned tool or builds it with Go; without Go, or when Go cannot build it, says why. Never throws for either. */
export function findTool(root: string, tool: GoTool, announce: (line: string) => void): ToolLookup {
  const version = pinnedVersion(root, tool);
  const cached = cachePath(root, tool);
  if (reportsVersion(cached, tool, version)) {
    linkTool(root, tool, cached);
    return { ok: true, path: cached, version, built: false };
  }
  const go = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8", cwd: join(root, "tools", tool.name) });
  if (go.error !== undefined) return { ok: false, why: "Go is not installed" };
  announce(`${tool.name.padEnd(10)} building ${version} with Go, once (3 to 5 minutes)`);
  const problem = buildTool(root, tool, version, cached);
  if (problem !== undefined) return { ok: false, why: `Go could not build ${tool.name} ${version}: ${problem}` };
  if (!reportsVersion(cached, tool, version))
    return { ok: false, why: `the ${tool.name} that was built is not ${version}` };
  linkTool(root, tool, cached);
  return { ok: true, path: cached, version, built: true };
}

/** The pinned tool where an earlier run has built it. */
export function builtTool(root: string, tool: GoTool): string | undefined {
  const cached = cachePath(root, tool);
  return reportsVersion(cached, tool, pinnedVersion(root, tool)) ? cached : undefined;
}

/** Runs a tool in a folder; answers its standard output, throws with the last lines of what it said when it fails. */
export function runTool(path: string, args: readonly string[], cwd: string): string {
  const run = spawnSync(path, args, { cwd, encoding: "utf8", timeout: runTimeoutMs, maxBuffer: 64 * 1024 * 1024 });
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0) throw new Error(lastLines(`${run.stdout}\n${run.stderr}`, 40));
  return run.stdout;
}

function cachePath(root: string, { name }: GoTool): string {
  const hash = createHash("sha256")
    .update(readFileSync(join(root, "tools", name, "go.sum")))
    .digest("hex");
  const cacheHome = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cacheHome, "ai-sre", `${name}-${hash.slice(0, 16)}`, name);
}

function reportsVersion(path: string, { says }: GoTool, version: string): boolean {
  if (!existsSync(path)) return false;
  const run = spawnSync(path, ["version"], { encoding: "utf8" });
  return run.status === 0 && run.stdout.split("\n").includes(`${says}${version}`);
}

/** Builds aside and renames, so that a build that was cut off leaves nothing behind. */
function buildTool(root: string, tool: GoTool, version: string, target: string): string | undefined {
  mkdirSync(dirname(target), { recursive: true });
  const aside = `${target}.${process.pid}`;
  const named = tool.versionVariable === undefined ? "" : ` -X ${tool.versionVariable}=${version}`;
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", `-s -w${named}`, "-o", aside];
  const run = spawnSync("go", [...args, tool.module], {
    cwd: join(root, "tools", tool.name),
    encoding: "utf8",
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" },
    timeout: buildTimeoutMs,
  });
  if (run.status !== 0) {
    rmSync(aside, { force: true });
    return lastLines(run.error?.message ?? run.stderr, 3);
  }
  renameSync(aside, target);
  return undefined;
}

/** `.tools/opa` is a link for people; the scripts use the cached file itself, so a stale link is harmless. */
function linkTool(root: string, { name }: GoTool, target: string): void {
  const link = join(root, ".tools", name);
  try {
    if (readlinkSync(link) === target) return;
  } catch {
    // There is no link yet, or something else lies there: it is replaced.
  }
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
}

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
