// The programs of the image, whatever processor it is for: all for that one, none without a library that it needs. Where Debian's
// qemu-user-static is installed, each says its version too, and so does the server. Part of `make image-test`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEngine, runEngine } from "../../image/engine.ts";
import { gnuName, imageProcessor } from "../../scripts/processor.ts";
import { checkRoot, type RootCheck } from "../../image/system/elf.ts";

const image = process.env["AISRE_TEST_IMAGE"] ?? "";
const engine = image === "" ? undefined : findEngine();
const processor = imageProcessor(process.env["ARCH"]);
const emulator = `/usr/bin/qemu-${gnuName(processor)}-static`;
const canStart = existsSync(emulator);

describe.skipIf(engine === undefined)(`the image's programs (${processor})`, () => {
  if (engine === undefined) return;
  let root: string;
  let found: RootCheck;
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), "aisre-root-"));
    const created = runEngine(engine, ["create", image]).stdout.trim();
    const words = [...engine.command, "export", created].map((word) => `'${word}'`).join(" ");
    const { status, stderr } = spawnSync("bash", [
      "-o",
      "pipefail",
      "-c",
      `${words} | tar --no-same-owner -xf - -C '${root}'`,
    ]);
    runEngine(engine, ["rm", created]);
    if (status !== 0) throw new Error(`the image cannot be unpacked: ${String(stderr)}`);
    found = checkRoot(root, processor);
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("are for one processor, and have every library that they need", () => {
    expect(found.problems).toEqual([]);
    expect(found.files).toEqual(
      expect.arrayContaining([
        ...["node", "box", "kubectl", "helm", "flux", "gh", "yq"].map((name) => `usr/local/bin/${name}`),
        ...["tini", "git", "curl", "jq", "gawk", "grep", "sed", "sort", "column"].map((name) => `usr/bin/${name}`),
        "usr/lib/git-core/git-remote-http",
      ]),
    );
  });

  it.skipIf(!canStart).each([
    ["usr/local/bin/node --version", /^v24\./],
    ["usr/local/bin/node app/dist/server/ai-sre.mjs --version", /^\d+\.\d+\.\d+\n$/],
    ["usr/local/bin/kubectl version --client", /^Client Version: v1\.35\./],
    ["usr/local/bin/helm version --short", /^v4\./],
    ["usr/local/bin/flux --version", /^flux version 2\./],
    ["usr/local/bin/gh --version", /^gh version 2\./],
    ["usr/local/bin/yq --version", /version v?4\./],
    ["usr/local/bin/box --probe", /"arch":"(?:aarch64|x86_64)"/],
    ["usr/bin/git --version", /^git version 2\./],
    ["usr/bin/curl --version", /^curl 8\./],
    ["usr/bin/jq --version", /^jq-1\.7/],
    ["usr/bin/gawk --version", /^GNU Awk 5\./],
    ["usr/bin/column --version", /util-linux 2\./],
  ])("start on it: %s", (line, said) => {
    const [program = "", ...words] = line.split(" ");
    const { stdout, stderr } = spawnSync(emulator, ["-L", root, path.join(root, program), ...words], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stdout, stderr).toMatch(said);
  });
});
