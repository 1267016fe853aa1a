// Which files a program needs to start at all: itself, its loader, its libraries, for git also the programs that it starts.
// Called by binaries.ts, once per binary at start; the answer is what the sandbox lets the binary execute and read.
import { existsSync } from "node:fs";
import path from "node:path";
import type { ProgramFiles } from "../domain/ports.ts";
import { readProgramKind } from "./elf.ts";

/** Runs a program with these parameters and answers what it printed; undefined when it failed. */
export type Ask = (file: string, parameters: readonly string[], files: ProgramFiles) => Promise<string | undefined>;

/** What a C library looks for besides: where libraries are, how characters are classed, what time it is elsewhere. */
const shared = ["/etc/ld.so.cache", "/usr/lib/locale", "/usr/share/zoneinfo"];
/** What git starts by itself, in its own folder. Nothing else of that folder can be executed. */
const gitPrograms = ["git", "git-remote-http", "git-remote-https"];

/** Undefined for a script: its interpreter is no program of its own, and would run others. */
export async function filesOf(name: string, file: string, ask: Ask): Promise<ProgramFiles | undefined> {
  const own = await linkedFiles(file, ask);
  if (own === undefined || name !== "git") return own;
  const folder = (await ask(file, ["--exec-path"], own))?.trim();
  if (folder === undefined || !path.isAbsolute(folder)) return own;
  const programs = gitPrograms.map((program) => path.join(folder, program)).filter((program) => existsSync(program));
  const others = await Promise.all(programs.map((program) => linkedFiles(program, ask)));
  return joined([own, ...others.flatMap((other) => other ?? [])]);
}

async function linkedFiles(file: string, ask: Ask): Promise<ProgramFiles | undefined> {
  const program = await readProgramKind(file);
  if (program.kind === "other") return undefined;
  if (program.kind === "static") return { execute: [file], read: [] };
  const { loader } = program;
  // The loader maps the libraries and lists them; no code of theirs runs.
  const listed = await ask(loader, ["--list", file], { execute: [loader], read: ["/"] });
  if (listed === undefined) return undefined;
  const libraries = [...listed.matchAll(/(\/\S+) \(0x[0-9a-f]+\)$/gm)].flatMap(([, library]) => library ?? []);
  return {
    execute: [file, loader],
    read: [...libraries, ...shared].filter((place) => place !== loader && existsSync(place)),
  };
}

function joined(closures: readonly ProgramFiles[]): ProgramFiles {
  const all = (part: keyof ProgramFiles) => [...new Set(closures.flatMap((closure) => closure[part]))];
  return { execute: all("execute"), read: all("read") };
}
