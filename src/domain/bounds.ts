// How much one step may take, and the strictest of those who have a say: policy, tool, caller, and the server itself. Pure.

/** A step's share of everything that runs out. */
export interface Bounds {
  /** Wall clock of the whole step. */
  readonly timeoutMs: number;
  /** CPU of one process with all it starts. */
  readonly cpuMs: number;
  /** What the answer may hold. */
  readonly maxOutputBytes: number;
  readonly maxOutputLines: number;
  readonly maxLineBytes: number;
  /** What the temporary folder of a command may hold. */
  readonly tempBytes: number;
  /** Processes of one command at once; threads are not counted. */
  readonly maxProcesses: number;
}

const boundNames = [
  "timeoutMs",
  "cpuMs",
  "maxOutputBytes",
  "maxOutputLines",
  "maxLineBytes",
  "tempBytes",
  "maxProcesses",
] as const satisfies readonly (keyof Bounds)[];

/** What nobody gets more of, whatever policy says. n8n gives a call up at 60 s. */
export const ceilings: Bounds = {
  timeoutMs: 55_000,
  cpuMs: 55_000,
  maxOutputBytes: 16 * 1024 * 1024,
  maxOutputLines: 1_000_000,
  maxLineBytes: 16 * 1024 * 1024,
  tempBytes: 1024 * 1024 * 1024,
  maxProcesses: 1024,
};

/** The lowest of every bound that somebody sets; nobody can loosen what another has set. */
export const strictest = (...sides: readonly Partial<Bounds>[]): Bounds => ({ ...ceilings, ...lowestOf(sides) });

/** The same, but only of bounds that at least one side sets. */
export function lowestOf(sides: readonly Partial<Bounds>[]): Partial<Bounds> {
  const lowest: { -readonly [name in keyof Bounds]?: number } = {};
  for (const name of boundNames) {
    const set = sides.flatMap((side) => side[name] ?? []);
    if (set.length > 0) lowest[name] = Math.min(ceilings[name], ...set);
  }
  return lowest;
}
