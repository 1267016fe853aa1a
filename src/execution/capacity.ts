// How many commands may run at once: what the container's memory and CPU bear, and what the operator says. Pure; compose
// calls it at start.
import type { CgroupLimits } from "./cgroup.ts";
import type { SlotLimits } from "./slots.ts";

const mib = 1024 * 1024;
/** Resident memory of the server, measured. */
const serverBytes = 66 * mib;
/** Of one program written in Go with the helper that boxes it, measured. */
const heavyBytes = 47 * mib;
/** CPU that such a program needs only to start, milliseconds, measured. */
const startCpuMs = 66;
/** Within this time all that start together have started, milliseconds. */
const startTogetherMs = 1500;
/** Without a limit of the container, and at most. */
const usual = 4;
const most = 16;
/** Slots beside the heavy ones, so that a text tool does not wait for a cluster. */
const besides = 2;

export interface Asked {
  /** AISRE_MAX_CONCURRENCY, when it is set. */
  readonly maxConcurrency?: number;
  readonly maxQueue: number;
  /** Principals that may run something. */
  readonly principals: number;
}

/** Slots for this container. With several principals none may hold the last slot as well. */
export function slotLimits(
  { maxConcurrency, maxQueue, principals }: Asked,
  cgroup: CgroupLimits,
): Required<SlotLimits> {
  const heavy = heavyAtOnce(cgroup);
  const total = maxConcurrency ?? heavy + besides;
  return {
    maxConcurrency: total,
    maxHeavy: Math.min(total, heavy),
    maxPerPrincipal: principals > 1 ? Math.max(1, Math.min(total, heavy) - 1) : total,
    maxQueue,
  };
}

/** Programs written in Go that the container bears at once: 4 in 256 MB. */
export function heavyAtOnce({ memoryBytes, cpus }: CgroupLimits): number {
  const byMemory = memoryBytes === undefined ? usual : Math.floor((memoryBytes - serverBytes) / heavyBytes);
  const byCpu = cpus === undefined ? most : Math.floor((cpus * startTogetherMs) / startCpuMs);
  return Math.max(1, Math.min(byMemory, byCpu, most));
}
