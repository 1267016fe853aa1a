// Puts the definitions of Flux's kinds into .tools/crds, out of the modules of its controllers as tools/flux-crds pins them: what
// deploy/flux is held to on a real API server. Called by `make tools`; where there is no Go, that test is skipped.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { placeProgram } from "./place-program.ts";

const root = path.resolve(import.meta.dirname, "..");
const pins = path.join(root, "tools/flux-crds");
const target = path.join(root, ".tools/crds");

const problem = install();
console.log(
  problem === undefined
    ? "flux's kinds: in .tools/crds"
    : `flux's kinds: not available (${problem}); tests that need them are skipped`,
);

function install(): string | undefined {
  // go.sum says what each archive has to be.
  const { stdout, stderr, status, error } = spawnSync("go", ["mod", "download", "-json"], {
    cwd: pins,
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=readonly" },
    timeout: 300_000,
  });
  if (error !== undefined) return "Go is not installed";
  if (status !== 0) return (stderr || stdout).trim().split("\n").at(-1);
  for (const [, module = ""] of stdout.matchAll(/"Dir": "(.+)"/g)) {
    const folder = path.join(module, "config/crd/bases");
    for (const name of readdirSync(folder)) placeProgram(path.join(folder, name), path.join(target, name));
  }
  return undefined;
}
