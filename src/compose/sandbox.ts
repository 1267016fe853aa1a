// What the server says about its sandbox, in /health and at start: who runs without walls. Pure.
import type { Availability } from "../domain/ports.ts";
import type { SandboxState } from "../domain/sandbox.ts";

/** Names of the binaries that run without walls: all of them without the helper, otherwise those that it cannot hold. */
export function unboxedBinaries({ abi }: SandboxState, binaries: ReadonlyMap<string, Availability>): readonly string[] {
  return [...binaries].flatMap(([name, state]) =>
    state.available && (abi === "none" || state.files === undefined) ? [name] : [],
  );
}

/** Whether every command runs behind all the walls that the server can put up. */
export function isBoxed(state: SandboxState, binaries: ReadonlyMap<string, Availability>): boolean {
  return Number(state.abi) >= fullAbi && unboxedBinaries(state, binaries).length === 0;
}

/** From this Landlock ABI on TCP ports are held. */
const fullAbi = 4;
