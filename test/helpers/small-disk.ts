// A file system of its own that is small enough to fill, where this machine lets a test mount one.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface SmallDisk {
  readonly folder: string;
  /** Mounts it anew, `ro` or `rw`. */
  readonly remount: (mode: "ro" | "rw") => void;
  [Symbol.dispose](): void;
}

const mount = (...parameters: readonly string[]): boolean => spawnSync("mount", [...parameters]).status === 0;

/** Undefined where nothing may be mounted. */
export function mountSmallDisk(kilobytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-disk-"));
  if (!mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "none", folder)) {
    rmdirSync(folder);
    return undefined;
  }
  return {
    folder,
    remount: (mode) => void execFileSync("mount", ["-o", `remount,${mode}`, folder]),
    [Symbol.dispose]: () => {
      execFileSync("umount", ["--lazy", folder]);
      rmdirSync(folder);
    },
  };
}

export const canMount = ((): boolean => {
  const disk = mountSmallDisk(16);
  disk?.[Symbol.dispose]();
  return disk !== undefined;
})();
