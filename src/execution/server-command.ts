// Runs a command of the server's own through the one room that starts processes: same binaries, same environment, same end.
// Used by execute.ts for the work tree's port. What it prints is decoded and stripped; what it complains of is redacted too.
import type { Availability, OpenLease, ServerCommand } from "../domain/ports.ts";
import { redact } from "../redaction/redact.ts";
import { type Box, boxingOf } from "./box.ts";
import type { Environments } from "./environment.ts";
import { grantsFor, type Places } from "./grants.ts";
import { run } from "./run.ts";

interface Surroundings {
  readonly binaries: ReadonlyMap<string, Availability>;
  readonly environments: Environments;
  readonly alive: Set<() => void>;
  readonly box?: Box;
  /** Where git of the server works: the clone, and the work trees beside it. */
  readonly places: Places;
  readonly openLease?: OpenLease;
  readonly repository?: string;
}

/** Lists of files and commits, when the command does not say; beyond it the command counts as failed. */
const defaultStdoutBytes = 4 * 1024 * 1024;
const maxStderrBytes = 16 * 1024;

export async function runServerCommand(
  binary: string,
  { parameters, cwd, timeoutMs, talks, maxStdoutBytes = defaultStdoutBytes, signal }: ServerCommand,
  { binaries, environments, alive, box, places, openLease, repository }: Surroundings,
) {
  const found = binaries.get(binary);
  if (found?.available !== true) return { succeeded: false, stdout: "", stderr: `${binary} is not available` };
  // The server's own git makes and removes what no call can.
  const asked = { profile: "git" as const, egress: talks === true, changes: true };
  const mayTalk = talks === true && repository !== undefined;
  const lease = mayTalk ? openLease?.({ callId: "server", fetches: repository }) : undefined;
  const boxing = boxingOf(box, found.files, grantsFor(asked, places, lease));
  const end = await run({
    file: found.path,
    parameters,
    environment: { ...environments(binary, lease !== undefined), ...lease?.environment },
    cwd,
    maxStdoutBytes,
    maxStderrBytes,
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
    alive,
    ...boxing,
  }).finally(() => lease?.close());
  const isWhole = !end.flooded && end.stdout.droppedBytes === 0;
  const complaint = end.ended === "timed_out" ? "it took too long" : end.stderr.head.toString("utf8");
  return {
    succeeded: end.ended === "exited" && end.exitCode === 0 && isWhole,
    stdout: end.stdout.head.toString("utf8"),
    stderr: redact(complaint, ["credentials"]).text,
  };
}
