// One stage → what is started for it: program, environment, folder, walls, and the way out that it is lent. Used by execute.ts.
// What was opened for a process goes when the process has gone.
import type { Bounds } from "../domain/bounds.ts";
import type { Command } from "../domain/command.ts";
import type { Lease } from "../domain/ports.ts";
import { holdsAsMuch, type SandboxProfile } from "../domain/sandbox.ts";
import { boxingOf } from "./box.ts";
import type { ExecutionOptions } from "./execution-options.ts";
import { grantsFor } from "./grants.ts";
import type { ProcessRequest } from "./run.ts";
import { emptyShared } from "./shared-folders.ts";
import { createTemporaryFolder, type TemporaryFolder } from "./temporary-folder.ts";

export interface StagePlace {
  readonly callId: string;
  /** The walls that policy names. */
  readonly profile: SandboxProfile | undefined;
  readonly workTree: string | undefined;
  /** The strictest of all sides. */
  readonly bounds: Partial<Bounds>;
}

export interface OpenStage {
  readonly process: Pick<ProcessRequest, "file" | "parameters" | "environment" | "cwd" | "box">;
  close(): void;
  /** Its folders hold more than they may: those that calls share are emptied, so that the next one does not meet the same end. */
  tidy(): Promise<void>;
}

/** The gate has asked for availability before; not to find the binary now is a fault of our own. */
export function openStage(options: ExecutionOptions, command: Command, place: StagePlace): OpenStage {
  const { binary, git, sandbox } = command;
  const found = options.binaries.get(binary);
  if (found?.available !== true) throw new Error(`no executable for ${binary}`);
  if (git !== undefined && place.workTree === undefined) throw new Error("git runs in a work tree only");
  // mergeDecisions has seen to it; a caller that goes round it starts nothing.
  const { profile } = place;
  if (profile === undefined || !holdsAsMuch(profile, sandbox)) throw new Error(`no sandbox fits ${binary}`);
  const lease = options.openLease?.({ callId: place.callId, command });
  const folder = found.needsTemporary === true ? options.temporaryDir : undefined;
  const temporary = folder === undefined ? undefined : createTemporaryFolder(folder);
  const grants = grantsFor(
    { profile, egress: command.egress, changes: command.effect !== "read", bounds: place.bounds },
    placesOf(options, place, temporary),
    lease,
  );
  return {
    process: {
      ...boxingOf(options.box, found.files, grants),
      file: found.path,
      ...wordsOf(options, command, lease, temporary),
      cwd: git === undefined ? options.cwd : (place.workTree ?? options.cwd),
    },
    close: () => {
      lease?.close();
      temporary?.remove();
    },
    tidy: () => emptyShared(profile, options.places),
  };
}

function placesOf({ places }: ExecutionOptions, { workTree }: StagePlace, temporary: TemporaryFolder | undefined) {
  return {
    ...places,
    ...(workTree === undefined ? {} : { workTree }),
    ...(temporary === undefined ? {} : { temporary: temporary.path }),
  };
}

/** The argv as it was judged, but for words that the broker has to read in another spelling. */
function wordsOf(
  { environments }: ExecutionOptions,
  { binary, argv }: Command,
  lease: Lease | undefined,
  temporary: TemporaryFolder | undefined,
) {
  return {
    parameters: argv.slice(1).map((word) => lease?.words?.[word] ?? word),
    environment: { ...environments(binary, lease !== undefined), ...lease?.environment, ...temporary?.environment },
  };
}
