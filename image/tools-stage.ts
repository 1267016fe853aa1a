// Fills a folder with the image's command-line tools, built from the modules pinned under tools/, and beside them what they are
// made of (components.json). Called by the Dockerfile, and by stages.ts where a cache is at hand:
//   node image/tools-stage.ts FOLDER [amd64|arm64]
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { goComponents } from "./sbom/go-components.ts";
import { imageProcessor } from "../scripts/processor.ts";
import { buildGoProgram } from "../scripts/go-program.ts";
import { imagePrograms } from "../scripts/go-programs.ts";
import { placeProgram } from "../scripts/place-program.ts";

const root = path.resolve(import.meta.dirname, "..");
const [folder, target] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: tools-stage.ts FOLDER [amd64|arm64]");
const processor = imageProcessor(target);

const components = imagePrograms.flatMap((program) => {
  const built = buildGoProgram(root, program, (line) => console.log(line), { processor });
  if (!built.ok) throw new Error(`${program.name}: ${built.why}`);
  placeProgram(built.file, path.join(folder, "bin", program.name));
  return goComponents(built.file, path.join(root, "tools", program.name));
});
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, "components.json"), JSON.stringify(components));
