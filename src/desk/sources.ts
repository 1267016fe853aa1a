// What the policy build reads: lists the sources, hashes them, and lays them out in a scratch folder for opa.
// Called by whatever builds, tests or compares a policy. Never writes below policies/.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Case } from "./cases.ts";

const compiled = /^(?:aisre|site)\/.*(?:\.rego|data\.yaml)$|^\.manifest$/;
const tested = /_test\.rego$/;
const tables = /^cases\/[^/]+\.json$/;

/** Paths below policies/, sorted: what is compiled, plus the capabilities and the tables that the build depends on. */
export function listSources(policies: string): readonly string[] {
  return readdirSync(policies, { recursive: true, encoding: "utf8" })
    .filter((path) => isCompiled(path) || tables.test(path) || path === "capabilities.json")
    .sort();
}

/** Path → sha256 (hex) of the file, in the order given. */
export function hashFiles(folder: string, paths: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(folder, path)))]));
}

/** sha256 as hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Copies what is compiled into `target`. The WASM module embeds file names relative to the working directory and
 * every Rego file it finds, so tests, tables and former builds stay out.
 */
export function stageForBuild(policies: string, target: string): void {
  copy(policies, target, isCompiled);
}

/** Copies Rego, its tests and the decision tables (as `data.cases`, name → case) into `target`. */
export function stageForTest(policies: string, target: string, cases: readonly Case[]): void {
  copy(policies, target, (path) => path.endsWith(".rego") || (isCompiled(path) && path !== ".manifest"));
  mkdirSync(join(target, "cases"), { recursive: true });
  writeFileSync(join(target, "cases/data.json"), JSON.stringify(Object.fromEntries(cases.map((c) => [c.name, c]))));
}

function isCompiled(path: string): boolean {
  return compiled.test(path) && !tested.test(path);
}

function copy(from: string, to: string, wanted: (path: string) => boolean): void {
  for (const path of readdirSync(from, { recursive: true, encoding: "utf8" }).filter(wanted).sort()) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(from, path), join(to, path));
  }
}
