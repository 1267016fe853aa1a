// Fills a folder with the image's server: the bundle, the Node that will run it (target/node) and the one that runs the next stages,
// and what the first two are made of (components.json). Called by the Dockerfile, and by stages.ts where the packages are installed
// already:
//   node image/server-stage.ts FOLDER [amd64|arm64]
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bundle } from "./bundle.ts";
import { imageProcessor } from "../scripts/processor.ts";
import { describe, npmComponents } from "./sbom/npm-components.ts";

const root = path.resolve(import.meta.dirname, "..");
const [folder, target] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: server-stage.ts FOLDER [amd64|arm64]");
const processor = imageProcessor(target);

mkdirSync(path.join(folder, "target"), { recursive: true });
const metafile = await bundle(path.join(folder, "app"));
// The very Node that the tests ran with, by the lockfile's integrity.
const nodeOf = (name: string): string => path.join("node_modules", `node-linux-${name}`);
copyFileSync(path.join(root, nodeOf(process.arch), "bin/node"), path.join(folder, "node"));
const scratch = mkdtempSync(path.join(tmpdir(), "aisre-node-"));
const node = path.join(processor === process.arch ? root : installFor(processor, scratch), nodeOf(processor));
copyFileSync(path.join(node, "bin/node"), path.join(folder, "target/node"));
writeFileSync(path.join(folder, "components.json"), JSON.stringify([...npmComponents(metafile), describe(node)]));
rmSync(scratch, { recursive: true });

/** npm leaves out what is for another processor: a second installation, by the same lockfile, has it. */
function installFor(cpu: string, place: string): string {
  for (const file of ["package.json", "package-lock.json", ".npmrc"])
    copyFileSync(path.join(root, file), path.join(place, file));
  const words = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--os=linux", `--cpu=${cpu}`];
  const { status, error } = spawnSync("npm", words, { cwd: place, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`npm ci for ${cpu}: ${error?.message ?? "failed"}`);
  return place;
}
