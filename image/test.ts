// Builds the image and holds it against test/image/image.test.ts, in the engine of this machine. Called by `make image-test`; where
// there is no engine it says so and counts as passed, as tests of programs that are not there do.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { findEngine, noEngine } from "./engine.ts";
import { engineName } from "../scripts/processor.ts";
import { buildImage, imageGateMb, imageSizeMb, wantedProcessor } from "./build.ts";

const root = path.resolve(import.meta.dirname, "..");

function test(): number {
  const engine = findEngine();
  if (engine === undefined) {
    console.log(`image-test: not run here (${noEngine})`);
    return 0;
  }
  const processor = wantedProcessor();
  const image = buildImage(engine, processor);
  const sizeMb = imageSizeMb(engine, image);
  console.log(`image-test: ${image}, ${sizeMb} MB uncompressed (at most ${imageGateMb})`);
  // Another processor's image cannot run: what is in it can be looked at.
  const files = ["programs", ...(processor === process.arch ? ["image"] : [])].map(
    (name) => `test/image/${name}.test.ts`,
  );
  const run = spawnSync("npm", ["run", "--silent", "test", "--", ...files], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, AISRE_TEST_IMAGE: image, ARCH: engineName(processor) },
  });
  return sizeMb > imageGateMb ? 1 : (run.status ?? 1);
}

try {
  process.exitCode = test();
} catch (error) {
  console.error(`image-test: ${error instanceof Error ? error.message : "unknown"}`);
  process.exitCode = 1;
}
