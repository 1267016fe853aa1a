// Slots come from the container's limits, never from the host's: cgroup v2, v1, nested groups, and none.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { heavyAtOnce, slotLimits } from "../../src/execution/capacity.ts";
import { readCgroupLimits } from "../../src/execution/cgroup.ts";

const mib = 1024 * 1024;

/** A tree of files as the kernel shows them. */
function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), "ai-sre-cgroup-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), `${text}\n`);
  }
  return root;
}

describe("the container's limits", () => {
  it("are read from cgroup v2", () => {
    const root = tree({
      "proc/self/cgroup": "0::/",
      "sys/fs/cgroup/memory.max": String(256 * mib),
      "sys/fs/cgroup/cpu.max": "20000 100000",
    });
    expect(readCgroupLimits(root)).toEqual({ memoryBytes: 256 * mib, cpus: 0.2 });
  });

  it("are the lowest on the way up", () => {
    const root = tree({
      "proc/self/cgroup": "0::/kubepods/pod1/c1",
      "sys/fs/cgroup/kubepods/memory.max": String(900 * mib),
      "sys/fs/cgroup/kubepods/pod1/memory.max": String(300 * mib),
      "sys/fs/cgroup/kubepods/pod1/c1/memory.max": "max",
      "sys/fs/cgroup/kubepods/pod1/c1/cpu.max": "max 100000",
      "sys/fs/cgroup/kubepods/cpu.max": "150000 100000",
    });
    expect(readCgroupLimits(root)).toEqual({ memoryBytes: 300 * mib, cpus: 1.5 });
  });

  it("are read from cgroup v1, whose groups a container sees at the root", () => {
    const root = tree({
      "proc/self/cgroup": "12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": String(512 * mib),
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000",
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
    });
    expect(readCgroupLimits(root)).toEqual({ memoryBytes: 512 * mib, cpus: 0.5 });
  });

  it.each([
    ["no files", {}],
    [
      "v2 without limits",
      { "proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": "max", "sys/fs/cgroup/cpu.max": "max 100000" },
    ],
    [
      "v1 without limits",
      {
        "proc/self/cgroup": "2:memory:/\n1:cpu:/",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      },
    ],
    ["nonsense", { "proc/self/cgroup": "x", "sys/fs/cgroup/memory.max": "lots", "sys/fs/cgroup/cpu.max": "0 0" }],
    ["a group that climbs out", { "proc/self/cgroup": "0::/../../etc", "etc/memory.max": "1", "sys/memory.max": "1" }],
  ])("are none with %s", (_name, files) => {
    expect(readCgroupLimits(tree(files))).toEqual({});
  });
});

describe("heavy programs at once", () => {
  it.each([
    ["a container without limits", {}, 4],
    ["256 MB", { memoryBytes: 256 * mib }, 4],
    ["256 MB and a fifth of a CPU", { memoryBytes: 256 * mib, cpus: 0.2 }, 4],
    ["1 GB and a fifth of a CPU", { memoryBytes: 1024 * mib, cpus: 0.2 }, 4],
    ["1 GB and two CPUs", { memoryBytes: 1024 * mib, cpus: 2 }, 16],
    ["300 MB and two CPUs", { memoryBytes: 300 * mib, cpus: 2 }, 4],
    ["64 MB", { memoryBytes: 64 * mib }, 1],
  ])("in %s", (_name, limits, heavy) => {
    expect(heavyAtOnce(limits)).toBe(heavy);
  });
});

describe("slots", () => {
  const asked = { maxQueue: 16, principals: 1 };
  const small = { memoryBytes: 256 * mib };

  it("are the heavy ones and two besides", () => {
    expect(slotLimits(asked, small)).toEqual({ maxConcurrency: 6, maxHeavy: 4, maxPerPrincipal: 6, maxQueue: 16 });
  });

  it("are what the operator says, but for heavy programs that the memory does not bear", () => {
    expect(slotLimits({ ...asked, maxConcurrency: 32 }, small)).toMatchObject({ maxConcurrency: 32, maxHeavy: 4 });
    expect(slotLimits({ ...asked, maxConcurrency: 2 }, small)).toMatchObject({ maxConcurrency: 2, maxHeavy: 2 });
  });

  it("leave one for the others when there are several principals", () => {
    expect(slotLimits({ ...asked, principals: 3 }, small).maxPerPrincipal).toBe(3);
    expect(slotLimits({ ...asked, principals: 3, maxConcurrency: 1 }, small).maxPerPrincipal).toBe(1);
  });
});
