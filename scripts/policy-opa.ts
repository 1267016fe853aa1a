// Finds the pinned opa, or builds it once with Go from tools/opa, and runs it.
// Called by the policy scripts only. The built binary is cached outside the clone by the hash of go.sum.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

export type OpaLookup =
  | { readonly ok: true; readonly path: string; readonly version: string; readonly built: boolean }
  | { readonly ok: false; readonly why: string };

/** A cold build takes three to five minutes on two cores. */
const buildTimeoutMs = 20 * 60_000;
const runTimeoutMs = 5 * 60_000;

/** The version that tools/opa/go.mod pins, e.g. "1.22.2". */
export function pinnedOpaVersion(root: string): string {
  const pin = /github\.com\/open-policy-agent\/opa v(\d+\.\d+\.\d+)/.exec(
    readFileSync(join(root, "tools/opa/go.mod"), "utf8"),
  );
  if (pin?.[1] === undefined) throw new Error("tools/opa/go.mod does not pin github.com/open-policy-agent/opa");
  return pin[1];
}

/** Finds the pinned opa or builds it with Go; without Go, or when Go cannot build it, says why. Never throws for either. */
export function findOpa(root: string, announce: (line: string) => void): OpaLookup {
  const version = pinnedOpaVersion(root);
  const cached = cachePath(root);
  if (reportsVersion(cached, version)) {
    linkTool(root, cached);
    return { ok: true, path: cached, version, built: false };
  }
  const go = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8", cwd: join(root, "tools/opa") });
  if (go.error !== undefined) return { ok: false, why: "Go is not installed" };
  announce(`opa        building ${version} with Go, once (3 to 5 minutes)`);
  const problem = buildOpa(root, cached);
  if (problem !== undefined) return { ok: false, why: `Go could not build opa ${version}: ${problem}` };
  if (!reportsVersion(cached, version)) return { ok: false, why: `the opa that was built is not ${version}` };
  linkTool(root, cached);
  return { ok: true, path: cached, version, built: true };
}

/** Runs opa in a folder; answers its standard output, throws with the last lines of what it said when it fails. */
export function runOpa(path: string, args: readonly string[], cwd: string): string {
  const run = spawnSync(path, args, { cwd, encoding: "utf8", timeout: runTimeoutMs, maxBuffer: 64 * 1024 * 1024 });
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0) throw new Error(lastLines(`${run.stdout}\n${run.stderr}`, 40));
  return run.stdout;
}

function cachePath(root: string): string {
  const hash = createHash("sha256")
    .update(readFileSync(join(root, "tools/opa/go.sum")))
    .digest("hex");
  const cacheHome = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cacheHome, "ai-sre", `opa-${hash.slice(0, 16)}`, "opa");
}

function reportsVersion(path: string, version: string): boolean {
  if (!existsSync(path)) return false;
  const run = spawnSync(path, ["version"], { encoding: "utf8" });
  return run.status === 0 && run.stdout.split("\n").includes(`Version: ${version}`);
}

/** Builds aside and renames, so that a build that was cut off leaves nothing behind. */
function buildOpa(root: string, target: string): string | undefined {
  mkdirSync(dirname(target), { recursive: true });
  const aside = `${target}.${process.pid}`;
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", aside];
  const run = spawnSync("go", [...args, "github.com/open-policy-agent/opa"], {
    cwd: join(root, "tools/opa"),
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
function linkTool(root: string, target: string): void {
  const link = join(root, ".tools/opa");
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
