// The decision tables policies/cases/*.json: each case says only how its input differs from the table's base.
// Expanded here into whole inputs for `opa test` and for build/cases.json, so that both engines judge the same bytes.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { errorProblem, PolicyProblems, type Problem } from "./problem.ts";

const json = z.record(z.string(), z.json());

const table = z.strictObject({
  note: z.string(),
  /** Site data that the table is judged by, laid over the bundle's. */
  site: json.default({}),
  base: json,
  /** What an allowed command is bound to; a case says only how its own differ. */
  obligations: json,
  cases: z.array(
    z.strictObject({
      name: z.string(),
      note: z.string().default(""),
      /** What it denies, no site data may allow: a server proves it before it takes new site data. */
      invariant: z.literal(true).optional(),
      input: json,
      want: json,
    }),
  ),
});

export interface Case {
  readonly table: string;
  readonly name: string;
  readonly note: string;
  readonly invariant?: true | undefined;
  readonly site: Json;
  readonly input: Json;
  readonly want: Json;
}

type Json = z.infer<ReturnType<typeof z.json>>;

/** All cases of a policies folder with whole inputs, in file order. Throws when two have the same name. */
export function loadCases(policies: string): readonly Case[] {
  const folder = join(policies, "cases");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  const cases = files.flatMap((file) => readTable(file, readFileSync(join(folder, file), "utf8")));
  const names = new Set<string>();
  for (const { name } of cases) {
    if (names.has(name)) throw new PolicyProblems([{ file: "cases", message: `two cases are named "${name}"` }]);
    names.add(name);
  }
  return cases;
}

/** Objects merge key by key, null removes a key, everything else replaces (RFC 7396). */
export function mergePatch(base: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json> = isObject(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key] ?? null, value);
  }
  return merged;
}

function readTable(file: string, text: string): readonly Case[] {
  try {
    return expandTable(basename(file, ".json"), text);
  } catch (error) {
    throw new PolicyProblems([errorProblem(error, `cases/${file}`)]);
  }
}

/** Where a case stands in its table, for messages. */
export function placeOfCase(
  policies: string,
  { table, name }: Pick<Case, "table" | "name">,
): Pick<Problem, "file" | "line"> {
  const file = `cases/${table}.json`;
  const own = JSON.stringify(name.slice(table.length + 2));
  const lines = readFileSync(join(policies, file), "utf8").split("\n");
  const at = lines.findIndex((line) => /^\s*\{?\s*"name"/.test(line) && line.includes(own));
  return { file, ...(at < 0 ? {} : { line: at + 1 }) };
}

function expandTable(name: string, text: string): readonly Case[] {
  const { base, site, obligations, cases } = table.parse(JSON.parse(text));
  return cases.map((row) => ({
    table: name,
    site,
    ...row,
    name: `${name}: ${row.name}`,
    input: mergePatch(base, row.input),
    want: withObligations(row.want, obligations),
  }));
}

/** A want is whole as well: both engines are compared with all of it. */
function withObligations(want: Readonly<Record<string, Json>>, usual: Json): Json {
  return want["effect"] === "allow" ? { ...want, obligations: mergePatch(usual, want["obligations"] ?? {}) } : want;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
