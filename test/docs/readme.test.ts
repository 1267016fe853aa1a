// README.md is held to the code: its tools to the catalog, its variables to the schema, its targets to the Makefile.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { environmentSchema, secretVariables } from "../../src/config/environment.ts";
import { catalog } from "../../src/tools/catalog.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { fencesOf, readPage, root, tableOf } from "./markdown.ts";

const page = "README.md";

describe("README", () => {
  it("lists every tool with its title, whether it changes something, and its arguments", () => {
    const expected = catalog.map((tool) => [
      `\`${tool.name}\``,
      tool.title,
      tool.annotations.readOnlyHint ? "no" : "yes",
      argumentsOf(tool),
    ]);
    expect(tableOf(page, ["tool", "what for", "changes", "arguments"])).toEqual(expected);
  });

  it("explains the variables that it shows as the schema does", () => {
    const meanings = new Map<string, string | undefined>(
      Object.entries(environmentSchema.shape).map(([name, schema]) => [`\`${name}\``, schema.description]),
    );
    const shown = tableOf(page, ["variable", "meaning"]);
    expect(shown).toEqual(shown.map(([name = ""]) => [name, meanings.get(name)]));
  });

  it("names no variable of ours that does not exist", () => {
    const known = new Set([...Object.keys(environmentSchema.shape), ...secretVariables.map((name) => `${name}_FILE`)]);
    const named = [...readPage(page).matchAll(/\b(?:AISRE|MCP)_[A-Z_]+[A-Z]\b/g)].map(([name]) => name);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it("lists the targets of the Makefile as `make help` does", () => {
    const makefile = readFileSync(path.join(root, "Makefile"), "utf8");
    const targets = [...makefile.matchAll(/^([a-z][a-z0-9-]*):.*?## (.+)$/gm)];
    const expected = targets.map(([, target, does]) => [`\`make ${target}\``, does]);
    expect(tableOf(page, ["target", "does"])).toEqual(expected);
  });

  it("shows calls of tools that exist, with arguments that they have", () => {
    const bodies = fencesOf(page).flatMap(({ text }) => [...text.matchAll(/'(\{"(?:jsonrpc|id)".*\})'/g)]);
    const calls = bodies.map(([, json]) => callSchema.parse(JSON.parse(json ?? "")));
    expect(calls).not.toEqual([]);
    for (const { name, own } of calls) {
      const tool = catalog.find((candidate) => candidate.name === name);
      expect(tool?.read(own), name).toHaveProperty("draft");
    }
  });
});

/** `required` `optional?`, in the order of the schema. */
function argumentsOf({ argumentNames, inputSchema }: Tool): string {
  const required = new Set<unknown>(Array.isArray(inputSchema["required"]) ? inputSchema["required"] : []);
  return argumentNames.map((name) => `\`${name}${required.has(name) ? "" : "?"}\``).join(" ");
}

/** The call inside a JSON-RPC request, or a line of `policy check`. */
const callSchema = z.union([
  z
    .object({ params: z.object({ name: z.string(), arguments: z.looseObject({}) }) })
    .transform(({ params }) => ({ name: params.name, own: params.arguments })),
  z
    .object({ tool: z.string(), arguments: z.looseObject({}) })
    .transform(({ tool, arguments: own }) => ({ name: tool, own })),
]);
