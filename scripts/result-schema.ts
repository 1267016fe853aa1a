// Writes docs/result.schema.json from src/mcp/result-schema.ts; test/mcp/result.test.ts holds the two together.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { resultSchemaText } from "../src/mcp/result-schema.ts";

writeFileSync(path.resolve(import.meta.dirname, "../docs/result.schema.json"), resultSchemaText());
