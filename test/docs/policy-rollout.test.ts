// docs/policy-rollout.md shows commands: they are run as they stand, with the real opa where it is there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../policy/bundles.ts";
import { fencesOf, root } from "./markdown.ts";

const opa = path.join(root, ".tools/opa");
const fences = fencesOf("docs/policy-rollout.md").filter(({ text }) => /openssl|opa sign/.test(text));

describe.skipIf(!existsSync(opa))("the roll-out page", () => {
  it("shows commands that make keys, sign a bundle and verify it, and a change is then refused", () => {
    const place = scratchFolder();
    mkdirSync(path.join(place, "bin"));
    symlinkSync(opa, path.join(place, "bin/opa"));
    symlinkSync(path.join(root, "policies"), path.join(place, "policies"));
    const run = (script: string) =>
      spawnSync("bash", ["-euo", "pipefail", "-c", script], {
        cwd: place,
        encoding: "utf8",
        env: { PATH: `${path.join(place, "bin")}:${process.env["PATH"]}` },
      });
    const program = `${process.execPath} ${path.join(root, "src/main.ts")}`;
    expect(fences.length).toBe(2);
    const shown = fences.map(({ text }) => text.replaceAll("npm run --silent ai-sre --", program)).join("\n");
    const { status, stdout, stderr } = run(shown);
    expect([status, stdout], stderr).toEqual([0, expect.stringContaining("bundle revision   42")]);
    const id = run("openssl ec -pubin -in public.pem -outform DER 2>/dev/null | sha256sum | cut -c1-16").stdout.trim();
    expect(stdout).toContain(`signed with key   ${id}`);
    writeFileSync(path.join(place, "bundle/more.json"), "{}");
    expect(run(`${program} policy verify bundle --key public.pem`)).toMatchObject({ status: 1 });
  });
});
