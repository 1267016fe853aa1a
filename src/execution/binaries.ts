// Finds the installed binaries once, at start: absolute path, version, and whether each is the one its grammar means.
// Called by compose. A missing binary makes its tools unavailable and never breaks the start.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import PQueue from "p-queue";
import type { BinarySpec } from "../domain/command.ts";
import type { Availability } from "../domain/ports.ts";
import type { Environments } from "./environment.ts";
import { probe } from "./probe.ts";

export interface SearchSurroundings {
  readonly environments: Environments;
  /** An empty folder to run the probes in. */
  readonly cwd: string;
}

/** Probes that run at the same time. */
const probesAtOnce = 4;

/** Availability by name, in the order of `specs`; the first executable file on the tool path counts, and no other. */
export async function findBinaries(
  specs: readonly BinarySpec[],
  toolPath: readonly string[],
  { environments, cwd }: SearchSurroundings,
): Promise<ReadonlyMap<string, Availability>> {
  const queue = new PQueue({ concurrency: probesAtOnce });
  const search = async (spec: BinarySpec): Promise<readonly [string, Availability]> => {
    const file = await findFile(spec.name, toolPath);
    if (file === undefined) return [spec.name, { available: false, reason: `${spec.name} is not installed` }];
    return [spec.name, await probe(spec, file, { environment: environments(spec.name), cwd })];
  };
  return new Map(await queue.addAll(specs.map((spec) => () => search(spec))));
}

/** Relative folders are passed over: what they name depends on where the server was started. */
async function findFile(name: string, toolPath: readonly string[]): Promise<string | undefined> {
  for (const folder of toolPath.filter((folder) => path.isAbsolute(folder))) {
    const file = path.join(folder, name);
    if (await isExecutableFile(file)) return file;
  }
  return undefined;
}

async function isExecutableFile(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
