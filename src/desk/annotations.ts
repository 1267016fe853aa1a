// The METADATA of the Rego files, as `opa inspect --annotations` reads it → annotations.json of a bundle, and back.
// Called when a bundle is built; what `policy explain` says of a rule, docs/policies.md and the rules' examples come from it.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { StartError } from "../errors.ts";

const argv = z.array(z.string()).min(1);
const call = z.strictObject({
  tool: z.string(),
  arguments: z.record(z.string(), z.json()),
  principal: z.record(z.string(), z.json()).optional(),
});
const examples = z.strictObject({
  match: z.array(z.union([argv, call])).default([]),
  not_match: z.array(z.union([argv, call])).default([]),
});

const words = { title: z.string(), description: z.string() };
const severity = z.enum(["info", "low", "medium", "high", "critical"]);

/** The shape of annotations.json. */
export const annotationsSchema = z.strictObject({
  schema_version: z.literal(1),
  entrypoints: z.array(z.strictObject({ path: z.string(), ...words })),
  packages: z.array(z.strictObject({ path: z.string(), ...words })),
  rules: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z]+\/[a-z-]+$/),
      effect: z.enum(["allow", "deny"]),
      ...words,
      severity,
      package: z.string(),
      file: z.string(),
      references: z.array(z.string()),
      /** Keys of site data that it rests on. */
      site_data: z.array(z.string()).default([]),
      examples,
    }),
  ),
});

export type Annotations = z.infer<typeof annotationsSchema>;

/** The annotations of a bundle's folder; none of a bundle that was built without. */
export function annotationsOf(folder: string): Annotations {
  const file = path.join(folder, "annotations.json");
  try {
    return annotationsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return none;
    throw new StartError("policy_missing", `${file}: is not what a policy bundle has; build it anew`, { cause: error });
  }
}

const none: Annotations = { schema_version: 1, entrypoints: [], packages: [], rules: [] };

const inspected = z.object({
  annotations: z.array(
    z.object({
      annotations: z.object({
        scope: z.string(),
        title: z.string().optional(),
        description: z.string().optional(),
        entrypoint: z.boolean().optional(),
        related_resources: z.array(z.object({ ref: z.string() })).default([]),
        custom: z
          .strictObject({
            id: z.string(),
            severity,
            examples,
          })
          .optional(),
      }),
      location: z.object({ file: z.string(), row: z.int() }),
      path: z.array(z.object({ value: z.string() })),
    }),
  ),
});

type Inspected = z.infer<typeof inspected>["annotations"][number];

/** Makes annotations.json out of what opa inspect printed. Throws when a rule lacks its metadata or an id is taken twice. */
export function readAnnotations(
  inspectOutput: string,
  siteKeys: ReadonlyMap<string, readonly string[]> = new Map(),
): Annotations {
  const { annotations } = inspected.parse(JSON.parse(inspectOutput));
  const packages = annotations.filter((one) => one.annotations.scope === "package").map(toPackage);
  const entrypoints = annotations.filter((one) => one.annotations.entrypoint === true).map(toEntrypoint);
  const rules = annotations
    .filter(isDecisive)
    .map(toRule)
    .map(({ examples, ...rule }) => ({ ...rule, site_data: siteKeys.get(rule.id) ?? [], examples }));
  const ids = new Set<string>();
  for (const { id } of rules) {
    if (ids.has(id)) throw new Error(`the rule id ${id} is taken twice`);
    ids.add(id);
  }
  return annotationsSchema.parse({
    schema_version: 1,
    entrypoints: sortBy(entrypoints, ({ path }) => path),
    packages: sortBy(packages, ({ path }) => path),
    rules: sortBy(rules, ({ id }) => id),
  });
}

/** `allow` and `deny` are the rules that speak in a decision. */
const isDecisive = (one: Inspected): boolean => ["allow", "deny"].includes(lastOf(one));

const lastOf = ({ path }: Inspected): string => path.at(-1)?.value ?? "";
const pathOf = ({ path }: Inspected): string =>
  path
    .slice(1)
    .map(({ value }) => value)
    .join("/");

const toPackage = (one: Inspected) => ({ path: pathOf(one), ...wordsOf(one) });
const toEntrypoint = (one: Inspected) => ({ path: pathOf(one), ...wordsOf(one) });

function toRule(one: Inspected) {
  const { custom, related_resources: related } = one.annotations;
  const place = `${one.location.file}:${one.location.row}`;
  if (custom === undefined) throw new Error(`${place}: this rule has no custom.id, severity and examples`);
  const { match, not_match: notMatch } = custom.examples;
  if (match.length + notMatch.length === 0) throw new Error(`${place}: ${custom.id} has no example`);
  return {
    id: custom.id,
    effect: lastOf(one),
    ...wordsOf(one),
    severity: custom.severity,
    package: pathOf(one).split("/").slice(0, -1).join("/"),
    file: one.location.file,
    references: related.map(({ ref }) => ref),
    examples: { match, not_match: notMatch },
  };
}

function wordsOf(one: Inspected) {
  const { title, description } = one.annotations;
  if (title === undefined || description === undefined) {
    throw new Error(`${one.location.file}:${one.location.row}: title or description is missing`);
  }
  return { title, description: description.trim().replaceAll("\n", " ") };
}

const sortBy = <Item>(items: readonly Item[], key: (item: Item) => string): readonly Item[] =>
  items.toSorted((left, right) => (key(left) < key(right) ? -1 : 1));
