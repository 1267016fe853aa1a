// docs/policy-tutorial.md is run: its commands one after the other in one shell, in a copy of the checkout, and what the page
// shows is what they print. Needs the built opa and openssl; counts as skipped without.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtTool, opaTool } from "../../scripts/policy-tools.ts";
import { type Fence, fencesOf, root } from "./markdown.ts";

const page = "docs/policy-tutorial.md";
const ready = builtTool(root, opaTool) !== undefined && spawnSync("openssl", ["version"]).status === 0;

/** A block of commands with what the page shows of their output. */
interface Step {
  readonly commands: string;
  readonly shown: readonly string[];
}

function stepsOf(fences: readonly Fence[]): readonly Step[] {
  return fences.flatMap(({ language, text }, at) => {
    if (language !== "sh") return [];
    const next = fences[at + 1];
    return [{ commands: text, shown: next?.language === "text" ? next.text.trimEnd().split("\n") : [] }];
  });
}

const steps = stepsOf(fencesOf(page));
const border = "=== step ";

describe.skipIf(!ready)("the policy tutorial", () => {
  let checkout: string;
  let printed: readonly string[] = [];

  beforeAll(async () => {
    checkout = mkdtempSync(path.join(tmpdir(), "aisre-tutorial-"));
    for (const name of ["src", "policies", "package.json"]) {
      cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
    }
    for (const name of ["node_modules", ".tools"]) symlinkSync(path.join(root, name), path.join(checkout, name));
    const script = steps.map(({ commands }, at) => `echo "${border}${at}"\n${commands}`).join("\n");
    const { stdout, stderr, status } = spawnSync("bash", ["-eo", "pipefail", "-c", script], {
      cwd: checkout,
      encoding: "utf8",
      env: {
        PATH: `${path.join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`,
        HOME: checkout,
        MCP_SERVER_PORT: String(await freePort()),
      },
      maxBuffer: 64 * 1024 * 1024,
      timeout: 280_000,
    });
    printed = stdout.split(new RegExp(`^${border}\\d+\\n`, "m")).slice(1);
    expect(status, `${stdout.slice(-2000)}\n${stderr}`).toBe(0);
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
    (_first, at, shown) => {
      let rest = printed[at] ?? "";
      for (const line of shown) {
        for (const piece of line.split("…").filter((part) => part.trim() !== "")) {
          const found = rest.indexOf(piece);
          expect(found, `"${piece}" is not in what follows of:\n${printed[at] ?? ""}`).toBeGreaterThanOrEqual(0);
          rest = rest.slice(found + piece.length);
        }
      }
    },
  );
});

/** A port of loopback that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
