// Builds the image with the engine of this machine and says how large it is; above the gate it fails. Called by `make build`,
// `make shell` (with `debug`) and `make image-test`.
import { spawnSync } from "node:child_process";
import path from "node:path";
import manifest from "../package.json" with { type: "json" };
import { type Engine, findEngine, noEngine, runEngine } from "./engine.ts";
import { engineName, imageProcessor, type Processor } from "../scripts/processor.ts";
import { localStages } from "./stages.ts";

const root = path.resolve(import.meta.dirname, "..");
/** Uncompressed, megabytes of 10^6 bytes; each minor version of helm, kubectl and flux adds one to three. */
export const imageGateMb = 450;

/** Where the bases come from; when it cannot be reached, they are made here. */
const baseOfDebian = "docker.io/library/debian:13-slim";

/** The processor that `ARCH=amd64|arm64` names; this machine's own without it. */
export const wantedProcessor = (): Processor => imageProcessor(process.env["ARCH"]);

export function imageName(target: string, processor: Processor): string {
  const foreign = processor === process.arch ? [] : [engineName(processor)];
  return [`ai-sre:${manifest.version}`, ...(target === "production" ? [] : [target]), ...foreign].join("-");
}

/** Answers the image's name. @throws Error when it cannot be built */
export function buildImage(engine: Engine, processor: Processor, target = "production"): string {
  const image = imageName(target, processor);
  const reachable = runEngine(engine, ["pull", "--quiet", baseOfDebian]).status === 0;
  if (!reachable) console.log(`image: ${baseOfDebian} cannot be reached, the stages are built here`);
  const words = [
    "build",
    "--file",
    "Dockerfile",
    "--target",
    target,
    "--tag",
    image,
    "--platform",
    `linux/${engineName(processor)}`,
    // The OCI format has no health check; and older podman does not know which platform builds.
    ...(engine.name === "podman"
      ? ["--format", "docker", "--build-arg", `BUILDPLATFORM=linux/${engineName(imageProcessor(undefined))}`]
      : []),
    "--build-arg",
    `VERSION=${manifest.version}`,
    "--build-arg",
    `REVISION=${revision()}`,
    ...(reachable ? [] : localStages(engine, processor)),
  ];
  const built = runEngine(engine, [...words, root], process.env["VERBOSE"] !== undefined);
  if (built.status !== 0) throw new Error(`${engine.name} could not build ${image}\n${lastLines(built.stderr ?? "")}`);
  return image;
}

/** Megabytes of 10^6 bytes. */
export function imageSizeMb(engine: Engine, image: string): number {
  const { stdout } = runEngine(engine, ["image", "inspect", "--format", "{{.Size}}", image]);
  return Math.round(Number(stdout.trim()) / 1e5) / 10;
}

const revision = (): string =>
  spawnSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).stdout?.trim() || "unknown";

const lastLines = (text: string): string => text.trim().split("\n").slice(-12).join("\n");

if (import.meta.main) {
  const engine = findEngine();
  try {
    if (engine === undefined) throw new Error(noEngine);
    const image = buildImage(engine, wantedProcessor(), process.argv[2]);
    const sizeMb = imageSizeMb(engine, image);
    console.log(`image: ${image}, ${sizeMb} MB uncompressed (at most ${imageGateMb})`);
    if (process.argv[2] === undefined && sizeMb > imageGateMb)
      throw new Error(`${sizeMb} MB are more than ${imageGateMb}`);
  } catch (error) {
    console.error(`image: ${error instanceof Error ? error.message : "unknown"}`);
    process.exitCode = 1;
  }
}
