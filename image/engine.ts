// The container engine of this machine: docker, podman or nerdctl, whichever answers. Used by the scripts and tests of the image.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export interface Engine {
  readonly name: string;
  /** What every call of it begins with. */
  readonly command: readonly string[];
  /** What `run` and `create` need on this machine before all else. */
  readonly limits: readonly string[];
}

const answerMs = 20_000;
export const noEngine = "neither docker, podman nor nerdctl answers: start one, or install podman and runc";

/** The first that works; a client without its server does not. `ENGINE` names one. */
export function findEngine(): Engine | undefined {
  const names = process.env["ENGINE"] ? [process.env["ENGINE"]] : ["docker", "podman", "nerdctl"];
  return names.map(describe).find(({ command }) => call([...command, "info"], answerMs).status === 0);
}

function describe(name: string): Engine {
  if (name !== "podman") return { name, command: [name], limits: [] };
  // crun refuses hosts with both kinds of control groups; podman's own limits are above what such hosts allow.
  const isFirstKind = !existsSync("/sys/fs/cgroup/cgroup.controllers");
  const runtime =
    isFirstKind && existsSync("/usr/sbin/runc") ? ["--runtime", "runc", "--cgroup-manager", "cgroupfs"] : [];
  return { name, command: [name, ...runtime], limits: ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"] };
}

/** Runs the engine; its own words go through to the terminal with `shown`. */
export function runEngine(engine: Engine, parameters: readonly string[], shown = false): SpawnSyncReturns<string> {
  const [program = "", ...words] = engine.command;
  return spawnSync(program, [...words, ...parameters], {
    encoding: "utf8",
    stdio: shown ? "inherit" : ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
}

function call([program = "", ...words]: readonly string[], timeout: number): SpawnSyncReturns<string> {
  return spawnSync(program, words, { encoding: "utf8", timeout });
}
