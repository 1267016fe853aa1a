// Keeps a child's memory bounded: `jq '[range(1e9)]'` or a regular expression of nested repetitions needs gigabytes within
// seconds. Used by run.ts only. Reads /proc; where there is none, nothing is watched.
import { readFileSync, writeFileSync } from "node:fs";
import type { Ending } from "./endings.ts";

/** What one process may hold unless its request says otherwise, bytes. */
const usualMemoryBytes = 256 * 1024 * 1024;
/** How often it is looked at, milliseconds: a process fills some hundred megabytes meanwhile at most. */
const lookMs = 50;

/** Resolves when the process holds too much; never after `stop`. */
export function outgrown(pid: number, stop: AbortSignal, maxMemoryBytes = usualMemoryBytes): Promise<Ending> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (residentBytes(pid) > maxMemoryBytes) resolve("memory");
    }, lookMs);
    stop.addEventListener("abort", () => clearInterval(timer), { once: true });
  });
}

/** When memory runs out before the next look, the kernel takes the child and not the server. */
export function offerToKernel(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, "1000");
  } catch {
    // No such file system, or the process has ended already.
  }
}

/** 0 for a process that is gone. */
function residentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
