// Writes docs/result.schema.json from src/mcp/result-schema.ts; with --check compares instead and changes nothing.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { resultSchemaText } from "../src/mcp/result-schema.ts";

const page = path.resolve(import.meta.dirname, "../docs/result.schema.json");
const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const wanted = resultSchemaText();
const upToDate = existsSync(page) && readFileSync(page, "utf8") === wanted;

if (options.check) {
  console.log(
    upToDate
      ? "docs/result.schema.json is up to date"
      : "docs/result.schema.json is stale: run `node scripts/result-schema.ts`",
  );
  process.exitCode = upToDate ? 0 : 1;
} else if (!upToDate) {
  writeFileSync(page, wanted);
  console.log("docs/result.schema.json written");
}
