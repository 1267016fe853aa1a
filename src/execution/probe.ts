// Asks an installed binary for its version, through the same code and with the same environment as a command.
// Called by binaries.ts only.
import type { BinarySpec } from "../domain/command.ts";
import type { Availability, ProgramFiles } from "../domain/ports.ts";
import { type Boxing, run } from "./run.ts";
import { compareVersions } from "./versions.ts";

const probeTimeoutMs = 5000;
const maxProbeBytes = 64 * 1024;

export interface ProbeSurroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly box?: Boxing;
  /** What it needs to start, where that is known. */
  readonly files?: ProgramFiles;
}

/** Available with its version, or why not; never rejects for what the binary does. */
export async function probe(spec: BinarySpec, file: string, surroundings: ProbeSurroundings): Promise<Availability> {
  const { files } = surroundings;
  const end = await runBriefly({ ...surroundings, file, parameters: spec.probe });
  const missing = (reason: string): Availability => ({ available: false, reason: `${spec.name} ${reason}` });
  if (end.startError !== undefined) return missing(`cannot be started (${end.refused ?? end.startError})`);
  if (end.ended !== "exited" || end.flooded) return missing(`did not answer its version within ${probeTimeoutMs} ms`);

  const printed = `${end.stdout.head.toString()}\n${end.stderr.head.toString()}`;
  if (spec.impostor?.test(printed) === true) {
    return missing(
      "is a vendor's dispatcher, which may run another program under this name; install the upstream binary",
    );
  }
  const version = spec.versionPattern.exec(end.stdout.head.toString())?.[1] ?? spec.versionPattern.exec(printed)?.[1];
  if (version === undefined)
    return missing("is not the program that the grammar was written for: its version is unknown");
  if (compareVersions(version, spec.atLeast) < 0 || compareVersions(version, spec.below) >= 0) {
    return missing(`is version ${version}; the grammar holds from ${spec.atLeast} to below ${spec.below}`);
  }
  return {
    available: true,
    path: file,
    version,
    ...(files === undefined ? {} : { files }),
    ...(spec.needsTemporary === undefined ? {} : { needsTemporary: spec.needsTemporary }),
  };
}

interface Asking extends ProbeSurroundings {
  readonly file: string;
  readonly parameters: readonly string[];
}

/** What a program prints for these parameters; undefined when it fails. */
export async function ask(asking: Asking): Promise<string | undefined> {
  const end = await runBriefly(asking);
  return end.exitCode === 0 ? end.stdout.head.toString("utf8") : undefined;
}

const runBriefly = ({ file, parameters, environment, cwd, box }: Asking) =>
  run({
    file,
    parameters,
    environment,
    cwd,
    maxStdoutBytes: maxProbeBytes,
    maxStderrBytes: maxProbeBytes,
    timeoutMs: probeTimeoutMs,
    alive: new Set(),
    ...(box === undefined ? {} : { box }),
  });
