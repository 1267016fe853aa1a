// docs/policy-tutorial.md is run: its commands one after the other in one shell, in a copy of the checkout, and what the page
// shows is what they print. Needs opa in .tools and openssl; counts as skipped without.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { fencesOf, root } from "./markdown.ts";
import { expectShown, runSteps, stepsOf } from "./run-page.ts";

const page = "docs/policy-tutorial.md";
// In the checkout, where the commands look for it: in the user's cache it may lie from another one.
const ready = existsSync(path.join(root, ".tools/opa")) && spawnSync("openssl", ["version"]).status === 0;

const steps = stepsOf(fencesOf(page));

describe.skipIf(!ready)("the policy tutorial", () => {
  let checkout: string;
  let printed: readonly string[] = [];

  beforeAll(async () => {
    checkout = mkdtempSync(path.join(tmpdir(), "aisre-tutorial-"));
    for (const name of ["src", "policies", "package.json"]) {
      cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
    }
    for (const name of ["node_modules", ".tools"]) symlinkSync(path.join(root, name), path.join(checkout, name));
    const run = runSteps(steps, {
      cwd: checkout,
      env: {
        PATH: `${path.join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`,
        HOME: checkout,
        MCP_SERVER_PORT: String(await freePort()),
      },
      timeoutMs: 280_000,
    });
    printed = run.printed;
    expect(run.status, run.said).toBe(0);
  }, 300_000);
  afterAll(() => rmSync(checkout, { recursive: true, force: true }));

  it("has every step that a reviewer takes", () => {
    const text = steps.map(({ commands }) => commands).join("\n");
    for (const word of [
      "explain",
      "diff",
      "build",
      "test",
      "lint",
      "replay",
      "verify",
      "sign",
      "AISRE_POLICY_REVISION",
    ]) {
      expect(text).toContain(word);
    }
  });

  it.each(steps.map(({ commands, shown }, at) => [commands.split("\n")[0] ?? "", at, shown] as const))(
    "%s",
    (_first, at, shown) => expectShown(printed[at] ?? "", shown),
  );
});
