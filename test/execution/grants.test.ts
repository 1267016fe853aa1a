// What each profile grants: the table itself, what a lease adds to it, and the files that a program needs to start.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Lease } from "../../src/domain/ports.ts";
import { sandboxProfiles } from "../../src/domain/sandbox.ts";
import { filesOf } from "../../src/execution/closure.ts";
import { grantsFor } from "../../src/execution/grants.ts";
import { profiles } from "../../src/execution/profiles.ts";

const places = { kubeconfig: "/k", cache: "/cache", home: "/home", clone: "/clone", workTree: "/tree" };
const lease: Lease = { environment: {}, port: 8123, close: () => {} };
const socket: Lease = { environment: {}, socket: "/run/broker.sock", close: () => {} };

describe("the table of profiles", () => {
  it("has a row for each, and text grants no network, no file and no second process", () => {
    expect(Object.keys(profiles).sort()).toEqual([...sandboxProfiles].sort());
    expect(grantsFor({ profile: "text", egress: true, changes: true }, places, lease)).toMatchObject({
      net: "none",
      connect: [],
      read: [],
      write: [],
      limits: { processes: 1 },
    });
  });

  it.each(sandboxProfiles)("gives %s no network when its command does not talk", (profile) => {
    const { net, connect } = grantsFor({ profile, egress: false, changes: false }, places, lease);
    expect({ net, connect }).toEqual({ net: "none", connect: [] });
  });

  it.each(["kubectl", "helm", "flux", "git", "curl"] as const)("gives %s the lent port and no other", (profile) => {
    const { net, connect, read } = grantsFor({ profile, egress: true, changes: false }, places, lease);
    expect({ net, connect }).toEqual({ net: "tcp", connect: [8123] });
    expect(read.filter((place) => place.startsWith("/etc"))).toEqual([]);
  });

  it("gives gh the lent socket, and no TCP", () => {
    expect(grantsFor({ profile: "gh", egress: true, changes: false }, places, socket)).toMatchObject({
      net: "unix",
      connect: [],
      socket: "/run/broker.sock",
    });
  });

  it("gives a command that got no lease no way out", () => {
    expect(grantsFor({ profile: "curl", egress: true, changes: false }, places).net).toBe("none");
  });

  it("lets git write to the clone only when the command changes something", () => {
    const asked = { profile: "git", egress: false } as const;
    expect(grantsFor({ ...asked, changes: false }, places)).toMatchObject({
      read: ["/home", "/dev/urandom", "/clone", "/tree"],
      write: ["/dev/null"],
    });
    expect(grantsFor({ ...asked, changes: true }, places).write).toEqual(["/dev/null", "/clone", "/tree"]);
  });

  it("bounds in sum whatever is written to, and a temporary folder by what policy says too", () => {
    const MB = 1024 * 1024;
    const roomsOf = (profile: (typeof sandboxProfiles)[number], changes: boolean, tempBytes?: number) =>
      grantsFor(
        { profile, egress: true, changes, ...(tempBytes === undefined ? {} : { bounds: { tempBytes } }) },
        { ...places, temporary: "/t" },
        lease,
      ).rooms;
    expect(roomsOf("text", false)).toEqual([{ folder: "/t", bytes: 8 * MB }]);
    expect(roomsOf("text", false, 5)).toEqual([{ folder: "/t", bytes: 5 }]);
    expect(roomsOf("kubectl", false, 5)).toEqual([{ folder: "/cache", bytes: 128 * MB }]);
    expect(roomsOf("git", false)).toEqual([]);
    expect(roomsOf("git", true).map(({ folder }) => folder)).toEqual(["/clone", "/tree"]);
    for (const { writes, changes, rooms } of Object.values(profiles)) {
      const places = [...writes, ...changes].filter((place) => !place.startsWith("/"));
      expect(Object.keys(rooms).sort()).toEqual(places.sort());
    }
  });

  it("grants a kubeconfig to what talks to a cluster, and to nothing else", () => {
    const readers = sandboxProfiles.filter((profile) =>
      grantsFor({ profile, egress: true, changes: true }, places, lease).read.includes("/k"),
    );
    expect(readers).toEqual(["kubectl", "helm", "flux"]);
  });
});

describe("the files that a program needs", () => {
  const asked: string[][] = [];
  const ask = async (file: string, parameters: readonly string[]) => {
    asked.push([file, ...parameters]);
    return "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibc.so.6 => /etc/hosts (0x00007f5c)\n\t/lib64/loader.so.2 (0x00007f5d)\n";
  };

  it("are itself, its loader and the libraries that the loader lists", async () => {
    const { execute = [], read = [] } = (await filesOf("sh", "/bin/sh", ask)) ?? {};
    expect(execute[0]).toBe("/bin/sh");
    expect(execute[1]).toMatch(/^\/lib.*\/ld-/);
    expect(asked).toEqual([[execute[1], "--list", "/bin/sh"]]);
    expect(read).toContain("/etc/hosts");
    expect(read).not.toContain("/lib64/loader.so.2");
  });

  it.each([
    ["a script", "#!/bin/sh\n"],
    ["an empty file", ""],
    ["half an ELF header", "\u007fELF\u0002\u0001"],
  ])("are unknown for %s", async (_what, content) => {
    const folder = mkdtempSync(path.join(tmpdir(), "aisre-closure-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, "program");
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    expect(await filesOf("program", file, ask)).toBeUndefined();
  });

  it("holds the profile's own limits and those of policy, whichever is lower", () => {
    const asked = { profile: "text", egress: false, changes: false } as const;
    const strict = { cpuMs: 1500, tempBytes: 1024, maxProcesses: 1 };
    expect(grantsFor({ ...asked, bounds: strict }, places).limits).toMatchObject({
      cpuS: 2,
      fileBytes: 1024,
      processes: 1,
    });
    const loose = { cpuMs: 1e9, tempBytes: 1e12, maxProcesses: 1e6 };
    expect(grantsFor({ ...asked, bounds: loose }, places).limits).toEqual(grantsFor(asked, places).limits);
    // A pack is no temporary file.
    const git = { ...asked, profile: "git", changes: true } as const;
    expect(grantsFor({ ...git, bounds: strict }, places).limits.fileBytes).toBe(
      grantsFor(git, places).limits.fileBytes,
    );
  });
});
