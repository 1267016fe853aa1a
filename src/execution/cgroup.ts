// How much memory and CPU the container gives this process, from cgroup v2 or v1: the host's own figures say nothing inside
// a pod. Called by compose at start; reads files only.
import { readFileSync } from "node:fs";
import path from "node:path";

/** Absent: no limit, or none that can be read. */
export interface CgroupLimits {
  readonly memoryBytes?: number;
  /** In whole CPUs: 0.2 is a fifth of one. */
  readonly cpus?: number;
}

/** v1 says "no limit" by a number near 2^63. */
const noLimitBytes = 2 ** 60;

/** `root` is "/" but for tests. The lowest limit on the way up to the root of the hierarchy holds. */
export function readCgroupLimits(root = "/"): CgroupLimits {
  const groups = groupsOf(read(path.join(root, "proc/self/cgroup")) ?? "");
  const mount = path.join(root, "sys/fs/cgroup");
  const v2 = foldersUp(mount, groups.get("") ?? "/");
  const v1 = (controller: string) => foldersUp(path.join(mount, controller), groups.get(controller) ?? "/");
  const memoryBytes = lowest([
    ...v2.map((folder) => wholeIn(folder, "memory.max")),
    ...v1("memory").map((folder) => wholeIn(folder, "memory.limit_in_bytes")),
  ]);
  const cpus = lowest([
    ...v2.map((folder) => share(read(path.join(folder, "cpu.max"))?.split(" ") ?? [])),
    ...v1("cpu").map((folder) =>
      share([read(path.join(folder, "cpu.cfs_quota_us")), read(path.join(folder, "cpu.cfs_period_us"))]),
    ),
  ]);
  return {
    ...(memoryBytes === undefined || memoryBytes >= noLimitBytes ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpus }),
  };
}

/** Controller → path of this process; the one hierarchy of v2 has the name "". */
function groupsOf(text: string): ReadonlyMap<string, string> {
  const lines = [...text.matchAll(/^\d+:([^:\n]*):(\/.*)$/gm)];
  return new Map(
    lines.flatMap(([, names = "", group = "/"]) => names.split(",").map((name) => [name, group] as const)),
  );
}

/** The group's folder and all above it; in a container the group's own path is often not there, the root is. */
function foldersUp(mount: string, group: string): readonly string[] {
  const parts = group.split("/").filter((part) => part !== "" && part !== "..");
  return [...parts.keys(), parts.length].map((length) => path.join(mount, ...parts.slice(0, length)));
}

function wholeIn(folder: string, file: string): number | undefined {
  const text = read(path.join(folder, file));
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Quota and period, microseconds → CPUs. `max` and -1 are no limit. */
function share([quota = "", period = ""]: readonly (string | undefined)[]): number | undefined {
  const isLimit = /^[1-9]\d*$/.test(quota) && /^[1-9]\d*$/.test(period);
  return isLimit ? Number(quota) / Number(period) : undefined;
}

function lowest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Undefined for a file that is not there. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
