// Writes docs/policies.md from policies/build/annotations.json; with --check compares instead. Needs Node only.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { annotationsSchema } from "../src/desk/annotations.ts";
import { renderPolicyPage } from "../src/desk/page.ts";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/policies.md");
const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const source = readFileSync(join(root, "policies/build/annotations.json"), "utf8");
const wanted = renderPolicyPage(annotationsSchema.parse(JSON.parse(source)));
const upToDate = existsSync(page) && readFileSync(page, "utf8") === wanted;

if (options.check) {
  console.log(upToDate ? "docs/policies.md is up to date" : "docs/policies.md is stale: run `make policy`");
  process.exitCode = upToDate ? 0 : 1;
} else if (!upToDate) {
  writeFileSync(page, wanted);
  console.log("docs/policies.md written");
}
