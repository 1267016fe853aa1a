// Finding binaries with real files in real folders: which one counts, and why one does not.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BinarySpec } from "../../src/domain/command.ts";
import { findBinaries } from "../../src/execution/binaries.ts";
import { createEnvironments } from "../../src/execution/environment.ts";
import { compareVersions } from "../../src/execution/versions.ts";
import { testFolders } from "./setup.ts";

function setup() {
  const root = mkdtempSync(path.join(tmpdir(), "binaries-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const { homeDir, cacheDir, workDir } = testFolders();
  const surroundings = { environments: createEnvironments({ homeDir, cacheDir }), cwd: workDir };
  const install = (folder: string, name: string, script: string, mode = 0o755): string => {
    mkdirSync(path.join(root, folder), { recursive: true });
    const file = path.join(root, folder, name);
    writeFileSync(file, script);
    chmodSync(file, mode);
    return file;
  };
  const find = (specs: readonly BinarySpec[], ...folders: string[]) =>
    findBinaries(
      specs,
      folders.map((folder) => (folder.startsWith("./") ? folder : path.join(root, folder))),
      surroundings,
    );
  return { root, install, find };
}

const spec = (name: string, more: Partial<BinarySpec> = {}): BinarySpec => ({
  name,
  probe: ["--version"],
  versionPattern: /^tool v([0-9.]+)/,
  atLeast: "1.9",
  below: "1.37",
  ...more,
});
const says = (text: string): string => `#!/bin/sh\nprintf '%s\\n' '${text}'\n`;

describe("a binary", () => {
  it("is available with its absolute path and version", async () => {
    const { install, find } = setup();
    const file = install("a", "tool", says("tool v1.10.2"));
    expect([...(await find([spec("tool")], "a"))]).toEqual([
      ["tool", { available: true, path: file, version: "1.10.2" }],
    ]);
  });

  it("is the first executable file on the tool path", async () => {
    const { root, install, find } = setup();
    install("a", "tool", says("tool v1.10.0"), 0o644);
    mkdirSync(path.join(root, "b", "tool"), { recursive: true });
    const third = install("c", "tool", says("tool v1.11.0"));
    install("d", "tool", says("tool v1.12.0"));
    const found = await find([spec("tool")], "missing", "./c", "a", "b", "c", "d");
    expect(found.get("tool")).toEqual({ available: true, path: third, version: "1.11.0" });
  });

  it.each([
    ["is not installed", undefined, "tool is not installed"],
    ["is too old", says("tool v1.8.9"), "tool is version 1.8.9; the grammar holds from 1.9 to below 1.37"],
    ["is too new", says("tool v1.37"), "tool is version 1.37; the grammar holds from 1.9 to below 1.37"],
    [
      "is another program",
      says("yq 3.1"),
      "tool is not the program that the grammar was written for: its version is unknown",
    ],
    [
      "is a vendor's dispatcher",
      says("tool v1.10.2-dispatcher"),
      "tool is a vendor's dispatcher, which may run another program under this name; install the upstream binary",
    ],
    ["is no program", "\u007fELF nonsense", "tool is not the program"],
    ["needs an interpreter that is missing", "#!/nonexistent/sh\n", "tool cannot be started (ENOENT)"],
  ])("that %s is not available, and says why", async (_why, script, reason) => {
    const { install, find } = setup();
    if (script !== undefined) install("a", "tool", script);
    const found = await find([spec("tool", { impostor: /-dispatcher/ })], "a");
    expect(found.get("tool")).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
  });

  it("that never answers its version holds the start up for seconds only", async () => {
    const { install, find } = setup();
    install("a", "tool", "#!/bin/sh\nwhile :; do /bin/sleep 1; done\n");
    const startedAt = performance.now();
    const found = await find([spec("tool")], "a");
    expect(found.get("tool")).toEqual({ available: false, reason: "tool did not answer its version within 5000 ms" });
    expect(performance.now() - startedAt).toBeLessThan(9000);
  });

  it("missing leaves the others as they are, in the order asked", async () => {
    const { install, find } = setup();
    const names = ["a", "b", "c", "d", "e", "f"];
    for (const name of names.filter((name) => name !== "c")) install("bin", name, says("tool v1.10"));
    const found = await find(
      names.map((name) => spec(name)),
      "bin",
    );
    expect([...found].map(([name, { available }]) => [name, available])).toEqual(
      names.map((name) => [name, name !== "c"]),
    );
  });

  it("is probed with its own environment and not with the server's", async () => {
    const { root, install, find } = setup();
    const leak = path.join(root, "leak");
    process.env["AISRE_TEST_LEAK"] = leak;
    install(
      "a",
      "tool",
      '#!/bin/sh\n[ -n "$AISRE_TEST_LEAK" ] && : > "$AISRE_TEST_LEAK"\nprintf "tool v1.10 %s\\n" "$HOME"\n',
    );
    const found = await find([spec("tool")], "a");
    delete process.env["AISRE_TEST_LEAK"];
    expect(found.get("tool")).toMatchObject({ available: true });
    expect(existsSync(leak)).toBe(false);
  });
});

it.each([
  ["1.9", "1.10", -1],
  ["1.37", "1.37.0", 0],
  ["1.36.9", "1.37", -1],
  ["10", "9.9.9", 1],
])("version %s against %s", (left, right, order) => {
  expect(Math.sign(compareVersions(left, right))).toBe(order);
  expect(Math.sign(compareVersions(right, left))).toBe(order === 0 ? 0 : -order);
});
