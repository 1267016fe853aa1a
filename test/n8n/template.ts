// The committed templates, as an operator imports and sets them: nothing is changed but what stands in the Config node, and, where a
// test wants a wrong key, which credential is named.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { WorkflowJson } from "./n8n.ts";

const folder = path.resolve(import.meta.dirname, "../../n8n");

const templateSchema = z.looseObject({
  nodes: z.array(
    z.looseObject({
      name: z.string(),
      parameters: z.looseObject({}),
      credentials: z.record(z.string(), z.looseObject({ name: z.string() })).optional(),
    }),
  ),
});
const configSchema = z.looseObject({
  assignments: z.looseObject({ assignments: z.array(z.looseObject({ name: z.string(), value: z.unknown() })) }),
});

/** @throws Error when Config has no such setting */
export function readTemplate(
  name: string,
  settings: Readonly<Record<string, string | number | boolean>>,
  renamed: Readonly<Record<string, string>> = {},
): WorkflowJson {
  const template = templateSchema.parse(JSON.parse(readFileSync(path.join(folder, `${name}.json`), "utf8")));
  const config = template.nodes.find((node) => node.name === "Config");
  const { assignments } = configSchema.parse(config?.parameters).assignments;
  const strange = Object.keys(settings).filter((key) => !assignments.some((one) => one.name === key));
  if (strange.length > 0) throw new Error(`${name} has no setting ${strange.join(", ")}`);
  const set = assignments.map((one) => ({ ...one, value: settings[one.name] ?? one.value }));
  return {
    ...template,
    // n8n gives an id to what has none, so that a template can be imported twice.
    id: undefined,
    nodes: template.nodes.map((node) => ({
      ...node,
      ...(node === config ? { parameters: { ...node.parameters, assignments: { assignments: set } } } : {}),
      ...(node.credentials === undefined ? {} : { credentials: named(node.credentials, renamed) }),
    })),
  };
}

const named = (
  credentials: Readonly<Record<string, { readonly name: string }>>,
  renamed: Readonly<Record<string, string>>,
) =>
  Object.fromEntries(
    Object.entries(credentials).map(([type, one]) => [type, { ...one, name: renamed[one.name] ?? one.name }]),
  );
