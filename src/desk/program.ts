// opa and regal for the reviewer's desk: found, not built, and run like every process through execution/run.ts. They are the
// reviewer's own programs over the reviewer's own files, so they run without walls.
import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../execution/run.ts";

export interface ProgramEnd {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly name: "opa" | "regal";
  readonly path: string;
  readonly version: string;
  run(parameters: readonly string[], cwd: string): Promise<ProgramEnd>;
}

const timeoutMs = 15 * 60_000;
const maxOutputBytes = 256 * 1024 * 1024;
/** `opa test --coverage` over many cases needs a few hundred megabytes. */
const maxMemoryBytes = 4 * 1024 * 1024 * 1024;

const alive = new Set<() => void>();
process.once("exit", () => {
  for (const kill of alive) kill();
});

export function programAt(name: Program["name"], file: string, version: string): Program {
  return { name, path: file, version, run: (parameters, cwd) => start(file, parameters, cwd) };
}

/** The first that is installed; undefined where there is none. */
export async function findProgram(name: Program["name"], folders: readonly string[]): Promise<Program | undefined> {
  const file = folders.map((folder) => path.join(folder, name)).find(isExecutable);
  if (file === undefined) return undefined;
  const { ok, stdout } = await start(file, ["version"], tmpdir());
  const version = /^Version:\s+v?(\S+)/m.exec(stdout)?.[1];
  return ok && version !== undefined ? programAt(name, file, version) : undefined;
}

/** What to do where it is missing. */
export const howToGet = (name: Program["name"]): string =>
  name === "opa"
    ? "opa is neither in .tools/ nor on PATH: run `make policy` in the checkout (it builds the pinned one with Go, once), or put a release of https://github.com/open-policy-agent/opa on PATH"
    : "regal is neither in .tools/ nor on PATH: run `make policy` in the checkout (it builds the pinned one with Go, once), or put a release of https://github.com/open-policy-agent/regal on PATH";

async function start(file: string, parameters: readonly string[], cwd: string): Promise<ProgramEnd> {
  const { ended, exitCode, startError, stdout, stderr } = await run({
    file,
    parameters,
    environment: { HOME: tmpdir(), PATH: "/usr/bin:/bin" },
    cwd,
    maxStdoutBytes: maxOutputBytes,
    maxStderrBytes: maxOutputBytes,
    maxMemoryBytes,
    timeoutMs,
    alive,
  });
  if (startError !== undefined) return { ok: false, stdout: "", stderr: `${file} cannot be started (${startError})` };
  const said = stderr.head.toString("utf8");
  return {
    ok: ended === "exited" && exitCode === 0,
    stdout: stdout.head.toString("utf8"),
    stderr: ended === "timed_out" ? `${said}\n${file} took longer than ${timeoutMs} ms` : said,
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
