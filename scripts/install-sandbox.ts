// Builds the sandbox's helper (sandbox/, Rust) where cargo is and puts it into .tools/bin/box; what was built once from the same
// sources by the same compiler is taken from the cache. Called by `make sandbox`, which the tests and the demo ask for.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { placeProgram } from "./place-program.ts";
import { buildOptions, type Cargo, crate, findCargo } from "./sandbox-cargo.ts";
import { userCache } from "./user-cache.ts";

const root = path.resolve(import.meta.dirname, "..");
/** The helper, and what its tests start in it. */
const programs = {
  box: path.join(root, ".tools/bin/box"),
  escape: path.join(root, ".tools/test/escape"),
  tree: path.join(root, ".tools/test/tree"),
} as const;

const cargo = findCargo();
if (cargo === undefined) say("cargo is missing: commands run without the OS sandbox, and its tests are skipped");
else install(cargo);

function install(cargo: Cargo): void {
  const built = path.join(userCache, `sandbox-${stampOf(cargo.compiler)}`);
  if (Object.keys(programs).some((name) => !existsSync(path.join(built, name)))) build(cargo, built);
  for (const [name, target] of Object.entries(programs)) placeProgram(path.join(built, name), target);
}

/** Over everything that the programs are made of. */
function stampOf(compiler: string): string {
  const hash = createHash("sha256").update(compiler);
  for (const file of sources()) hash.update(`${file}\0`).update(readFileSync(path.join(crate, file)));
  return hash.digest("hex").slice(0, 16);
}

function sources(): readonly string[] {
  const under = (folder: string) => readdirSync(path.join(crate, folder)).map((name) => path.join(folder, name));
  return ["Cargo.toml", "Cargo.lock", ...under("src"), ...under("examples"), ...under(".cargo")].sort();
}

function build({ host, run }: Cargo, built: string): void {
  say("building the sandbox's helper, once");
  if (!run("build", "--release", "--bins", "--examples", ...buildOptions(host))) {
    throw new Error("cargo could not build the sandbox's helper");
  }
  const made = path.join(userCache, "sandbox-target", host, "release");
  placeProgram(path.join(made, "box"), path.join(built, "box"));
  for (const name of ["escape", "tree"]) placeProgram(path.join(made, "examples", name), path.join(built, name));
}

function say(text: string): void {
  process.stdout.write(`sandbox: ${text}\n`);
}
