// Finds the installed binaries once, at start: absolute path, version, and whether each is the one its grammar means.
// Called by compose. A missing binary makes its tools unavailable and never breaks the start.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import PQueue from "p-queue";
import type { BinarySpec } from "../domain/command.ts";
import type { Availability } from "../domain/ports.ts";
import type { Environments } from "./environment.ts";
import { type Box, boxingOf } from "./box.ts";
import { filesOf } from "./closure.ts";
import { grantsFor, type Places } from "./grants.ts";
import { ask, probe } from "./probe.ts";

export interface SearchSurroundings {
  readonly environments: Environments;
  /** An empty folder to run the probes in. */
  readonly cwd: string;
  readonly box?: Box;
  /** Where the places of the sandbox profiles lie. */
  readonly places?: Places;
  /** A binary that cannot be boxed counts as missing. */
  readonly boxOnly?: boolean;
}

/** Probes that run at the same time. */
const probesAtOnce = 4;

/** Availability by name, in the order of `specs`; the first executable file on the tool path counts, and no other. */
export async function findBinaries(
  specs: readonly BinarySpec[],
  toolPath: readonly string[],
  { environments, cwd, box, places = {}, boxOnly = false }: SearchSurroundings,
): Promise<ReadonlyMap<string, Availability>> {
  const queue = new PQueue({ concurrency: probesAtOnce });
  const search = async (spec: BinarySpec): Promise<readonly [string, Availability]> => {
    const file = await findFile(spec.name, toolPath);
    if (file === undefined) return [spec.name, { available: false, reason: `${spec.name} is not installed` }];
    const surroundings = { environment: environments(spec.name), cwd };
    if (box === undefined) return [spec.name, await probe(spec, file, surroundings)];
    // A version, a list of libraries: its own walls, without a network.
    const asking = grantsFor({ profile: spec.sandbox ?? "text", egress: false, changes: false }, places);
    const files = await filesOf(spec.name, file, (program, parameters, files) =>
      ask({ file: program, parameters, ...surroundings, ...boxingOf(box, files, asking) }),
    );
    if (files === undefined && boxOnly) {
      const reason = `${spec.name} is a script, or its libraries cannot be listed: the sandbox cannot hold it`;
      return [spec.name, { available: false, reason }];
    }
    const boxing = boxingOf(box, files, asking);
    return [
      spec.name,
      await probe(spec, file, { ...surroundings, ...boxing, ...(files === undefined ? {} : { files }) }),
    ];
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
