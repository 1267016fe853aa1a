// Writes policies/schemas/{input,site}.json from the zod schemas of src/policy; `--check` compares and changes nothing.
// `opa check --schema policies/schemas` holds the Rego to input.json; operators' editors can hold site data to site.json.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { policyInputSchema } from "../src/policy/input.ts";
import { siteLayerSchema } from "../src/policy/site-data.ts";

const sources = { "input.json": policyInputSchema, "site.json": siteLayerSchema } as const;

/** File name → JSON text, as it is committed. opa reads draft 7 and fails on what it does not know. */
export function renderSchemas(): Readonly<Record<keyof typeof sources, string>> {
  return { "input.json": render(sources["input.json"]), "site.json": render(sources["site.json"]) };
}

/** Names of the schemas in a folder that are not as they would be written now. */
export function staleSchemas(folder: string): readonly string[] {
  return Object.entries(renderSchemas())
    .filter(([name, text]) => !isCurrent(join(folder, name), text))
    .map(([name]) => name);
}

function render(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { target: "draft-7", io: "input" }), null, 2)}\n`;
}

function isCurrent(path: string, text: string): boolean {
  try {
    return readFileSync(path, "utf8") === text;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, "../policies/schemas");
  const stale = staleSchemas(folder);
  if (process.argv.includes("--check")) {
    if (stale.length > 0) {
      console.error(
        `policies/schemas: not as the types are: ${stale.join(", ")}: run \`node scripts/policy-schemas.ts\``,
      );
      process.exitCode = 1;
    }
  } else {
    for (const [name, text] of Object.entries(renderSchemas())) writeFileSync(join(folder, name), text);
    console.log(`policies/schemas: ${stale.length === 0 ? "as before" : `wrote ${stale.join(", ")}`}`);
  }
}
