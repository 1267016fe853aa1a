// Builds a program once with Go from the go.mod of its own under tools/, and keeps it in the user's cache, outside the clone,
// by a stamp of everything that decides what comes out. Called by policy-tools.ts, install-test-tools.ts,
// install-cluster.ts and image/tools-stage.ts; never throws for a missing Go.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { lastLine, type ModulePatch, patchedModule, runGo } from "./go-module.ts";
import { engineName, type Processor, processorOf } from "./processor.ts";
import { userCache } from "./user-cache.ts";

export interface GoProgram {
  readonly name: string;
  /** Its folder under tools/, where several share one; otherwise its name. */
  readonly folder?: string;
  readonly module: string;
  /** Package of the program inside the module; the module itself without it. */
  readonly package?: string;
  /** The program is our own, beside its go.mod, and made of the module. */
  readonly own?: true;
  /** What it is asked for its version; `--version` without it. */
  readonly probe?: readonly string[];
  /** The version that it answers, where that is not its module's. */
  readonly says?: string;
  /** The variable that holds the version; without it the source knows its own. */
  readonly versionVariable?: string;
  /** Other variables that the linker sets; `{version}` in a value is the pinned version. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What of the module is not built. */
  readonly patch?: ModulePatch;
}

export type Built =
  | { readonly ok: true; readonly file: string; readonly version: string }
  | { readonly ok: false; readonly why: string };

export interface BuildOptions {
  /** Nothing is built. */
  readonly cachedOnly?: boolean;
  /** This machine's own without it. */
  readonly processor?: Processor;
}

/** The program of the pinned version, out of the cache or built now. */
export function buildGoProgram(
  root: string,
  program: GoProgram,
  announce: (line: string) => void,
  { cachedOnly = false, processor = processorOf(process.arch) }: BuildOptions = {},
): Built {
  const folder = path.join(root, "tools", program.folder ?? program.name);
  const version = pinnedVersion(folder, program.module);
  const go = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8", cwd: folder });
  if (go.error !== undefined) return { ok: false, why: "Go is not installed" };
  if (go.status !== 0) return { ok: false, why: lastLine(go.stderr) };
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", linkerFlags(program, version)];
  const file = path.join(cacheFolder(program, folder, [go.stdout, processor, ...flags]), program.name);
  if (!existsSync(file)) {
    if (cachedOnly) return { ok: false, why: "not built yet" };
    announce(
      `${program.name}: building ${version}${processor === process.arch ? "" : ` for ${processor}`} with Go, once`,
    );
    const problem = build(program, folder, flags, file, processor);
    if (problem !== undefined) return { ok: false, why: `Go could not build ${version}: ${problem}` };
  }
  // Another processor's program cannot be asked.
  if (processor !== process.arch) return { ok: true, file, version };
  const said = spawnSync(file, program.probe ?? ["--version"], { encoding: "utf8" });
  if (said.status !== 0 || !said.stdout.includes(program.says ?? version))
    return { ok: false, why: `what was built is not ${version}` };
  return { ok: true, file, version };
}

function pinnedVersion(folder: string, module: string): string {
  const line = readFileSync(path.join(folder, "go.mod"), "utf8")
    .split("\n")
    .find((text) => text.trim().replace("require ", "").startsWith(`${module} v`));
  const version = /v(\d+\.\d+\.\d+)/.exec(line?.split(module)[1] ?? "")?.[1];
  if (version === undefined) throw new Error(`${folder}/go.mod does not pin ${module}`);
  return version;
}

const linkerFlags = ({ versionVariable, variables = {} }: GoProgram, version: string): string => {
  const set = { ...(versionVariable === undefined ? {} : { [versionVariable]: version }), ...variables };
  return [
    "-s -w",
    ...Object.entries(set).map(([name, value]) => `-X ${name}=${value.replace("{version}", version)}`),
  ].join(" ");
};

function cacheFolder(program: GoProgram, folder: string, more: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify([program, ...more]));
  const own = program.own === true ? globSync("*.go", { cwd: folder }).sort() : [];
  for (const name of ["go.mod", "go.sum", ...own]) hash.update(readFileSync(path.join(folder, name)));
  return path.join(userCache, `${program.name}-${hash.digest("hex").slice(0, 16)}`);
}

/** Builds aside and renames, so that a build that was cut off leaves nothing behind. Answers what went wrong. */
function build(
  program: GoProgram,
  folder: string,
  flags: readonly string[],
  file: string,
  processor: Processor,
): string | undefined {
  const scratch = mkdtempSync(path.join(tmpdir(), `aisre-${program.name}-`));
  const aside = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const patched = program.patch === undefined ? [] : patchedModule(program.module, program.patch, folder, scratch);
    runGo(["build", ...flags, ...patched, "-o", aside, sourceOf(program)], folder, { GOARCH: engineName(processor) });
    renameSync(aside, file);
    return undefined;
  } catch (error) {
    rmSync(aside, { force: true });
    return error instanceof Error ? error.message : "unknown";
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const sourceOf = ({ own, module, package: folder }: GoProgram): string =>
  own === true ? "." : [module, ...(folder === undefined ? [] : [folder])].join("/");
