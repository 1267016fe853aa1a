// The go command, and a module that is changed before it is built: in a copy, since Go lets nobody change its cache. Called by
// go-program.ts.
import { spawnSync } from "node:child_process";
import { cpSync, globSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface ModulePatch {
  /** What the build leaves out: patterns of files, from the module's root. */
  readonly without: readonly string[];
  /** What stands in: file → its whole text. */
  readonly with: Readonly<Record<string, string>>;
}

/** flux takes four minutes of processor time from an empty cache. */
const buildTimeoutMs = 30 * 60_000;

/** Puts the changed copy in the module's place; answers the flags that say so to `go build`. */
export function patchedModule(module: string, patch: ModulePatch, folder: string, scratch: string): readonly string[] {
  runGo(["mod", "download", module], folder);
  const copy = path.join(scratch, "module");
  cpSync(runGo(["list", "-m", "-f", "{{.Dir}}", module], folder).trim(), copy, { recursive: true });
  // The module cache is read-only, and so is a copy of it.
  spawnSync("chmod", ["-R", "u+w", copy]);
  for (const pattern of patch.without) {
    const files = globSync(pattern, { cwd: copy });
    // A newer version may have moved them: then somebody has to look.
    if (files.length === 0) throw new Error(`the module has no ${pattern}`);
    for (const file of files) rmSync(path.join(copy, file));
  }
  for (const [file, text] of Object.entries(patch.with)) writeFileSync(path.join(copy, file), text);
  const goMod = path.join(scratch, "go.mod");
  for (const name of ["go.mod", "go.sum"]) cpSync(path.join(folder, name), path.join(scratch, name));
  runGo(["mod", "edit", "-replace", `${module}=${copy}`, goMod], folder);
  return [`-modfile=${goMod}`];
}

/** @throws Error with its last words when it fails */
export function runGo(parameters: readonly string[], cwd: string, more: Readonly<Record<string, string>> = {}): string {
  const environment = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", ...more };
  const run = spawnSync("go", parameters, { cwd, encoding: "utf8", env: environment, timeout: buildTimeoutMs });
  if (run.status !== 0) throw new Error(run.error?.message ?? lastLine(run.stderr));
  return run.stdout;
}

export const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
