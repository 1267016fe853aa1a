// Fills a folder with the image's server: the bundle, the Node that runs it, and what both are made of (components.json). Called by
// the Dockerfile, and by stages.ts where the packages are installed already:
//   node image/server-stage.ts FOLDER
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundle } from "./bundle.ts";
import { describe, npmComponents } from "./sbom/npm-components.ts";

const root = path.resolve(import.meta.dirname, "..");
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: server-stage.ts FOLDER");

mkdirSync(folder, { recursive: true });
const metafile = await bundle(path.join(folder, "app"));
// The very Node that the tests ran with, by the lockfile's integrity.
const node = `node_modules/node-linux-${process.arch}`;
copyFileSync(path.join(root, node, "bin/node"), path.join(folder, "node"));
writeFileSync(path.join(folder, "components.json"), JSON.stringify([...npmComponents(metafile), describe(node)]));
