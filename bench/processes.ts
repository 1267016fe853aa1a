// What Linux knows of a process: CPU it used itself, memory it holds.
import { readFileSync } from "node:fs";

/** Linux reports in ticks of 10 ms (USER_HZ). */
const tickMs = 10;

/** CPU of the process itself, milliseconds since it started, without its children. */
export function ownCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const [user = "0", system = "0"] = fields.slice(11, 13);
  return (Number(user) + Number(system)) * tickMs;
}

/** Resident memory, MB: all of it, and what is the process's own and not a mapped file. */
export function memoryMb(pid: number): { readonly rss: number; readonly anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024;
  return { rss: read("VmRSS"), anonymous: read("RssAnon") };
}
