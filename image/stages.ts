// Builds the image's slow stages outside of the engine where no registry can be reached: the base out of Debian's archive, the
// stages by the very scripts that the Dockerfile calls, cached between builds. Called by build.ts.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Engine, runEngine } from "./engine.ts";
import { engineName, gnuName, type Processor } from "../scripts/processor.ts";
import { findCargo, isTargetThere } from "../scripts/sandbox-cargo.ts";
import { userCache } from "../scripts/user-cache.ts";

const root = path.resolve(import.meta.dirname, "..");
const base = "localhost/ai-sre-base:trixie";

/** Words for the build that take the stages' place. */
export function localStages(engine: Engine, processor: Processor): readonly string[] {
  makeBase(engine);
  const stages = path.join(userCache, "image-stages", processor);
  const folderOf = (stage: string): string => path.join(stages, stage, "out");
  for (const stage of ["server", "tools", "sandbox"]) mkdirSync(path.join(folderOf(stage), "bin"), { recursive: true });
  node("image/server-stage.ts", folderOf("server"), engineName(processor));
  node("image/tools-stage.ts", folderOf("tools"), engineName(processor));
  sandbox(folderOf("sandbox"), processor);
  return [
    ...["server", "tools", "sandbox"].flatMap((stage) => ["--build-context", `${stage}=${path.join(stages, stage)}`]),
    "--build-arg",
    `DEBIAN=${base}`,
    // The engine that builds here may not be one that can run: a root folder of its own is enough for apt-get.
    ...(engine.name === "podman" ? ["--isolation", "chroot"] : []),
  ];
}

/** Debian 13's smallest system, as its official image has it, out of the archive whose signatures apt checks. */
function makeBase(engine: Engine): void {
  if (runEngine(engine, ["image", "inspect", base]).status === 0) return;
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-base-"));
  try {
    const archive = path.join(folder, "trixie.tar");
    console.log("image: making the base out of Debian's archive, once");
    must("mmdebstrap", ["--quiet", "--variant=minbase", "--include=ca-certificates", "trixie", archive]);
    if (runEngine(engine, ["import", archive, base]).status !== 0)
      throw new Error(`${engine.name} cannot import ${archive}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sandbox(folder: string, processor: Processor): void {
  const cargo = findCargo();
  if (cargo === undefined) throw new Error("cargo is missing: the sandbox's helper cannot be built");
  const target = `${gnuName(processor)}-unknown-linux-gnu`;
  if (target === cargo.host) node("scripts/install-sandbox.ts");
  const box =
    target === cargo.host
      ? path.join(root, ".tools/bin/box")
      : foreignBox(target, `${gnuName(processor)}-linux-gnu-gcc`);
  copyFileSync(box, path.join(folder, "bin/box"));
  const words = ["metadata", "--locked", "--format-version", "1", "--filter-platform", target];
  writeFileSync(path.join(folder, "cargo.json"), must("cargo", words, path.join(root, "sandbox")));
}

/** Built for another processor, with that one's linker. */
function foreignBox(target: string, linker: string): string {
  const variable = `CARGO_TARGET_${target.toUpperCase().replaceAll("-", "_")}_LINKER`;
  if (!isTargetThere(target)) throw new Error(`Rust's library for it is missing: rustup target add ${target}`);
  process.env[variable] ??= linker;
  const folder = path.join(userCache, "sandbox-target");
  const words = ["build", "--release", "--locked", "--quiet", "--bins", "--target", target, "--target-dir", folder];
  must("cargo", words, path.join(root, "sandbox"));
  return path.join(folder, target, "release/box");
}

const node = (...words: readonly string[]): string => must(process.execPath, words);

/** Its words of complaint go to the terminal. */
function must(program: string, parameters: readonly string[], cwd = root): string {
  const run = spawnSync(program, parameters, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.error !== undefined) throw new Error(`${program} is missing: install it`, { cause: run.error });
  if (run.status !== 0) throw new Error(`${program} ${parameters[0]} failed`);
  return run.stdout;
}
