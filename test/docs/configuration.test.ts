// docs/configuration.md is as the schemas make it, its example works, and what we ship to run the server with sets variables that exist.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { renderConfigurationPage } from "../../scripts/configuration-docs.ts";
import { environmentSchema, secretVariables } from "../../src/config/environment.ts";
import { parsePrincipals } from "../../src/config/principals.ts";
import { fencesOf, readPage, tableOf } from "./markdown.ts";

const page = "docs/configuration.md";

describe("the configuration page", () => {
  it("is as the schemas make it", () => {
    expect(readPage(page)).toBe(renderConfigurationPage());
  });

  it("says of every setting what it does", () => {
    const tables = [
      ["variable", "value", "default", "does"],
      ["site data", "value", "default", "does"],
      ["field", "value", "does"],
      ["chart value", "value", "default", "does"],
    ];
    const rows = tables.flatMap((header) => tableOf(page, header));
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter((cells) => cells.at(-1) === "").map(([name]) => name)).toEqual([]);
  });

  it("shows how a principals file is made, and that works", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "aisre-principals-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const script = fencesOf(page).map(({ text }) => text);
    const { status, stderr } = spawnSync("bash", ["--norc", "-euo", "pipefail", "-c", script.join("\n")], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env["PATH"] ?? "" },
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(parsePrincipals(readFileSync(path.join(folder, "principals.yaml"), "utf8"))).toHaveProperty("principals");
  });
});

describe("variables of ours", () => {
  const known = new Set([...Object.keys(environmentSchema.shape), ...secretVariables.map((name) => `${name}_FILE`)]);
  // What compose.yaml asks of whoever starts it: which image, and a secret that is in a file inside.
  const ofCompose = new Set(["AISRE_IMAGE", "AISRE_SIGNING_KEY"]);

  it.each(["chart/templates/deployment.yaml", "deploy/compose.yaml", "Dockerfile", "docs/install.md", "docs/image.md"])(
    "exist, all that %s names",
    (file) => {
      const named = [...readPage(file).matchAll(/\b(?:AISRE|MCP)_[A-Z_]*[A-Z]\b/g)].map(([name]) => name);
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((name) => !known.has(name) && !ofCompose.has(name))).toEqual([]);
    },
  );
});
