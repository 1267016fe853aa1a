// AISRE_SANDBOX in the real server: what refuses to start, and what a server says of itself in /health, log and metrics.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Availability } from "../../src/domain/ports.ts";
import { type ServerProcess, startRefused, startServer } from "../helpers/server.ts";
import { sandboxWarning, unboxedBinaries } from "../../src/compose/sandbox.ts";
import { missing } from "./setup.ts";

/** A folder whose `box` answers its probe with this text. */
function folderWithBox(answer: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-box-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "box"), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  return folder;
}

const noHelper = () => folderWithBox("nothing of use");
const oldKernel = () => folderWithBox('{"landlock":3,"seccomp":true,"arch":"x86_64","version":"0.1.0"}');
const noSeccomp = () => folderWithBox('{"landlock":7,"seccomp":false,"arch":"x86_64","version":"0.1.0"}');

/** What /health and the metrics say. */
async function told(server: ServerProcess) {
  const answer = await fetch(`${server.base}/health`, { headers: { authorization: `Bearer ${server.key}` } });
  const metrics = await (await fetch(`${server.metricsBase}/metrics`)).text();
  const health: unknown = await answer.json();
  return { health, metric: metrics.split("\n").find((line) => line.startsWith("aisre_sandbox_info{")) };
}

async function started(settings: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await startServer(settings);
  onTestFinished(() => server.close());
  return server;
}

describe("AISRE_SANDBOX=require", () => {
  it.each([
    ["a helper that does not answer", noHelper, "does not answer --probe"],
    ["a kernel that cannot hold ports", oldKernel, "ABI is 3, 4 is needed"],
    ["a kernel without seccomp", noSeccomp, "no seccomp"],
  ])("does not start with %s", async (_what, folder, words) => {
    const { code, stderr } = await startRefused({ AISRE_SANDBOX: "require", AISRE_TOOL_PATH: folder() });
    expect(code).toBe(2);
    expect(stderr).toContain("sandbox unavailable");
    expect(stderr).toContain(words);
  });

  it.skipIf(missing !== undefined)("serves with the helper, and nothing runs unboxed", async () => {
    const server = await started({ AISRE_SANDBOX: "require" });
    expect(await told(server)).toEqual({
      health: expect.objectContaining({
        sandbox: { mode: "require", abi: expect.stringMatching(/^\d+$/), unboxed: [] },
      }),
      metric: expect.stringMatching(/^aisre_sandbox_info\{abi="\d+",mode="require"\} 1$/),
    });
    expect(server.stderr()).not.toContain("without the OS sandbox");
  });
});

describe("a kernel that holds less", () => {
  it("that cannot hold ports serves under AISRE_SANDBOX=prefer, and the log says so", async () => {
    const server = await started({ AISRE_SANDBOX: "prefer", AISRE_TOOL_PATH: `${oldKernel()}:/usr/bin:/bin` });
    expect(await told(server)).toMatchObject({
      health: { status: "degraded", sandbox: { mode: "prefer", abi: "3" } },
      metric: 'aisre_sandbox_info{abi="3",mode="prefer"} 1',
    });
    expect(server.stderr()).toContain(
      "commands may connect to any TCP port: the kernel's Landlock ABI is 3, 4 is needed",
    );
  });

  const files = { execute: ["/usr/bin/sort"], read: [] };
  const held = { available: true, path: "/usr/bin/sort", version: "9", files } as const;
  const unheld = { available: true, path: "/usr/bin/jq", version: "1" } as const;
  const all = new Map<string, Availability>([
    ["sort", held],
    ["jq", unheld],
  ]);
  const sort = new Map<string, Availability>([["sort", held]]);

  it.each([
    ["none", all, ["sort", "jq"], /without the OS sandbox/],
    ["0", all, ["sort", "jq"], /without walls round files and ports: the kernel has no Landlock/],
    ["0", sort, ["sort"], /the kernel has no Landlock/],
    ["1", sort, [], /Landlock ABI is 1, 4 is needed/],
    ["3", all, ["jq"], /Landlock ABI is 3, 4 is needed/],
    ["4", all, ["jq"], /without the OS sandbox/],
    ["4", sort, [], /^nothing$/],
    ["7", sort, [], /^nothing$/],
  ] as const)("ABI %s: names who runs unboxed, and says what is missing", (abi, binaries, unboxed, words) => {
    const state = { mode: "prefer", abi } as const;
    expect(unboxedBinaries(state, binaries)).toEqual(unboxed);
    expect(sandboxWarning(state, binaries) ?? "nothing").toMatch(words);
  });
});

describe("without the helper", () => {
  it.each([
    ["prefer", noHelper],
    ["off", () => path.resolve(import.meta.dirname, "../../.tools/bin")],
  ])("AISRE_SANDBOX=%s serves, and says so everywhere", async (mode, folder) => {
    const server = await started({ AISRE_SANDBOX: mode, AISRE_TOOL_PATH: `${folder()}:/usr/bin:/bin` });
    const { health, metric } = await told(server);
    expect(health).toMatchObject({ sandbox: { mode, abi: "none", unboxed: expect.arrayContaining(["sort"]) } });
    expect(metric).toBe(`aisre_sandbox_info{abi="none",mode="${mode}"} 1`);
    expect(server.stderr()).toContain(`commands run without the OS sandbox (AISRE_SANDBOX=${mode})`);
  });
});
