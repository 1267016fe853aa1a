// What the server says about its sandbox, in /health and at start: who runs without walls. Pure.
import type { Availability } from "../domain/ports.ts";
import type { SandboxState } from "../domain/sandbox.ts";

/** Names of the binaries that run without walls round files: all without helper or Landlock, otherwise those it cannot hold. */
export function unboxedBinaries({ abi }: SandboxState, binaries: ReadonlyMap<string, Availability>): readonly string[] {
  return [...binaries].flatMap(([name, state]) =>
    state.available && (abi === "none" || abi === "0" || state.files === undefined) ? [name] : [],
  );
}

/** Whether every command runs behind all the walls that the server can put up. */
export function isBoxed(state: SandboxState, binaries: ReadonlyMap<string, Availability>): boolean {
  return Number(state.abi) >= fullAbi && unboxedBinaries(state, binaries).length === 0;
}

/** What the log says at start of walls that are missing; undefined when none are. */
export function sandboxWarning(state: SandboxState, binaries: ReadonlyMap<string, Availability>): string | undefined {
  if (isBoxed(state, binaries)) return undefined;
  const mode = `(AISRE_SANDBOX=${state.mode})`;
  if (state.abi === "0") return `commands run without walls round files and ports: the kernel has no Landlock ${mode}`;
  if (Number(state.abi) < fullAbi) {
    return `commands may connect to any TCP port: the kernel's Landlock ABI is ${state.abi}, ${fullAbi} is needed (Linux 6.7) ${mode}`;
  }
  return `commands run without the OS sandbox ${mode}`;
}

/** From this Landlock ABI on TCP ports are held. */
const fullAbi = 4;
