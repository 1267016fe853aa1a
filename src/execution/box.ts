// The helper that puts walls round one process (sandbox/): finding it, and the command line that it is given. Used by
// binaries.ts and execute.ts; started by run.ts.
import { existsSync } from "node:fs";
import path from "node:path";
import type { ProgramFiles } from "../domain/ports.ts";
import type { SandboxMode, SandboxState } from "../domain/sandbox.ts";
import { StartError } from "../errors.ts";
import type { Grants } from "./grants.ts";
import { type Boxing, run } from "./run.ts";

export interface Box {
  readonly file: string;
  /** Landlock's ABI; 0 or less on a kernel without it. */
  readonly abi: number;
}

/** From here on Landlock holds TCP ports; seccomp holds what the later ABIs add. */
const lowestAbi = 4;
const probeTimeoutMs = 5000;

/** @throws StartError `sandbox_unavailable` when walls are required and cannot be had */
export async function findBox(
  mode: SandboxMode,
  folders: readonly string[],
): Promise<{ readonly box?: Box; readonly state: SandboxState }> {
  if (mode === "off") return { state: { abi: "none", mode } };
  const files = folders.filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, "box"));
  const file = files.find((file) => existsSync(file));
  const abi = file === undefined ? undefined : await probe(file);
  if (mode === "require" && (abi === undefined || abi < lowestAbi)) {
    const reason =
      file === undefined
        ? "the helper `box` is in none of the folders that are searched for binaries; `make sandbox` builds it"
        : abi === undefined
          ? `${file} does not answer --probe, or the kernel has no seccomp`
          : `the kernel's Landlock ABI is ${abi}, ${lowestAbi} is needed (Linux 6.7)`;
    throw new StartError("sandbox_unavailable", `AISRE_SANDBOX=require, but ${reason}`);
  }
  if (file === undefined || abi === undefined) return { state: { abi: "none", mode } };
  return { box: { file, abi }, state: { abi: String(Math.max(0, abi)), mode } };
}

async function probe(file: string): Promise<number | undefined> {
  const end = await run({
    file,
    parameters: ["--probe"],
    environment: {},
    cwd: "/",
    maxStdoutBytes: 1024,
    maxStderrBytes: 1024,
    timeoutMs: probeTimeoutMs,
    alive: new Set(),
  });
  const answer = /^\{"landlock":(-?\d+),"seccomp":true,/.exec(end.stdout.head.toString())?.[1];
  return answer === undefined ? undefined : Number(answer);
}

/** What run.ts starts the process with; nothing without the helper, or where nobody knows what the program needs. */
export function boxingOf(
  box: Box | undefined,
  files: ProgramFiles | undefined,
  grants: Grants,
): { readonly box?: Boxing } {
  return box === undefined || files === undefined
    ? {}
    : { box: { file: box.file, walls: wallsOf(box, files, grants) } };
}

/** The helper's words for what one process may do; run.ts adds time, status and the command itself. */
function wallsOf(
  { abi }: Box,
  files: ProgramFiles,
  { net, connect, socket, read, write, limits, rooms }: Grants,
): readonly string[] {
  const each = (flag: string, values: readonly (string | number)[]) => values.flatMap((value) => [flag, String(value)]);
  const forks = limits.processes > 1;
  return [
    ...each("--require", abi > 0 ? [abi] : []),
    ...each("--x", files.execute),
    ...each("--r", [...files.read, ...read.filter((place) => existsSync(place))]),
    ...each("--w", write),
    ...each("--net", [net]),
    ...each("--connect", connect),
    ...each("--socket", socket === undefined ? [] : [socket]),
    ...(forks ? each("--processes", [limits.processes]) : ["--nofork"]),
    ...each("--cpu", [limits.cpuS]),
    ...each("--fsize", [limits.fileBytes]),
    ...each("--nofile", [limits.openFiles]),
    ...each("--data", [limits.memoryBytes]),
    ...each("--rss", [limits.memoryBytes]),
    ...each(
      "--space",
      rooms.map(({ bytes, folder }) => `${bytes}:${folder}`),
    ),
  ];
}
