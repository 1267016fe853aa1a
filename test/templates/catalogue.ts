// n8n's own catalogue of nodes, read from an installed n8n by its own code: which types and versions there are, and what each node
// takes. The templates are held to it; nothing of n8n's runs but the reader of parameters.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as z from "zod";
import type { Workflow, WorkflowNode } from "./workflow.ts";

interface Property {
  readonly name: string;
  readonly type?: string | undefined;
  readonly options?: readonly Property[] | undefined;
  readonly values?: readonly Property[] | undefined;
  readonly [other: string]: unknown;
}
const propertySchema: z.ZodType<Property> = z.looseObject({
  name: z.string(),
  type: z.string().optional(),
  get options() {
    return z.array(propertySchema).optional();
  },
  get values() {
    return z.array(propertySchema).optional();
  },
});
const descriptionSchema = z.looseObject({
  name: z.string(),
  version: z.union([z.number(), z.array(z.number())]),
  properties: z.array(propertySchema),
  credentials: z.array(z.looseObject({ name: z.string() })).optional(),
});
type Description = z.output<typeof descriptionSchema>;

export interface Catalogue {
  readonly faults: (workflow: Workflow) => readonly string[];
}

/** What n8n-workflow does for us: which parameters a node has as it is set, and which of them are wrong. */
interface Helpers {
  readonly getNodeParameters: (
    properties: unknown,
    values: unknown,
    returnDefaults: boolean,
    returnNoneDisplayed: boolean,
    node: unknown,
    description: unknown,
  ) => unknown;
  readonly getNodeParametersIssues: (properties: unknown, node: unknown, description: unknown) => unknown;
}

const packages = ["n8n-nodes-base", "@n8n/n8n-nodes-langchain"] as const;

/** `modules`: the node_modules folder of an installed n8n. */
export function readCatalogue(modules: string): Catalogue {
  const load = createRequire(path.join(modules, "n8n", "package.json"));
  const { NodeHelpers: helpers }: { readonly NodeHelpers: Helpers } = load("n8n-workflow");
  const generated: { readonly createHitlTools: (types: unknown, known: unknown) => void } = load(
    path.join(modules, "n8n/dist/tool-generation/hitl-tools.js"),
  );
  const types = new Map(packages.map((name) => [name, descriptionsOf(modules, name, generated.createHitlTools)]));
  return {
    faults: (workflow) =>
      workflow.nodes.flatMap((node) => {
        const [, owner = "", name = ""] = /^(.*)\.([^.]+)$/.exec(node.type) ?? [];
        const versions = [...types].find(([known]) => known === owner)?.[1].filter((one) => one.name === name) ?? [];
        const found = versions.find(({ version }) => [version].flat().includes(node.typeVersion));
        if (versions.length === 0) return [`${node.name}: no type ${node.type}`];
        if (found === undefined) return [`${node.name}: ${node.type} has no version ${node.typeVersion}`];
        return [...parameterFaults(node, found, helpers), ...credentialFaults(node, found)];
      }),
  };
}

/** With the nodes that n8n makes of others when it starts: those that ask a person before a tool runs. */
function descriptionsOf(
  modules: string,
  name: string,
  addReviews: (types: unknown, known: unknown) => void,
): readonly Description[] {
  const folder = path.join(modules, name, "dist");
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), "utf8"));
  const types = { nodes: z.array(z.unknown()).parse(read("types/nodes.json")) };
  addReviews(types, { nodes: read("known/nodes.json"), credentials: read("known/credentials.json") });
  return z.array(descriptionSchema).parse(types.nodes);
}

function parameterFaults(node: WorkflowNode, description: Description, helpers: Helpers): readonly string[] {
  const { properties } = description;
  const known = helpers.getNodeParameters(properties, node.parameters, true, false, node, description);
  const issues = helpers.getNodeParametersIssues(properties, node, description);
  return [
    ...lost(node.parameters, known).map((way) => `${node.name}: no parameter ${way}`),
    ...(issues === null || issues === undefined ? [] : [`${node.name}: ${JSON.stringify(issues)}`]),
    ...strange(node.parameters, properties).map((way) => `${node.name}: no such choice at ${way}`),
  ];
}

/** Choices that no property of that name offers; an expression's is known only when it runs. */
function strange(given: unknown, properties: readonly Property[], way = ""): readonly string[] {
  if (typeof given !== "object" || given === null) return [];
  return Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    const at = way === "" ? key : `${way}.${key}`;
    const named = properties.filter(({ name }) => name === key);
    const choices = named.flatMap(({ type, options }) => (type === "options" ? (options ?? []) : []));
    if (typeof value === "string" && !value.startsWith("=") && choices.length > 0)
      return choices.some((choice) => choice["value"] === value) ? [] : [at];
    const below = named.flatMap(({ options }) => options ?? []);
    const inner = [...below, ...below.flatMap(({ values }) => values ?? [])];
    return [value].flat().flatMap((one) => strange(one, inner, at));
  });
}

/** Ways to what n8n does not know, or does not show as the node is set. Free forms are n8n's own to read. */
function lost(given: unknown, known: unknown, way = ""): readonly string[] {
  if (typeof given !== "object" || given === null || "__rl" in given) return [];
  return Object.entries(given).flatMap(([key, inner]) => {
    const at = way === "" ? key : `${way}.${key}`;
    const kept: unknown = typeof known === "object" && known !== null ? Reflect.get(known, key) : undefined;
    return kept === undefined ? [at] : lost(inner, kept, at);
  });
}

function credentialFaults(node: WorkflowNode, description: Description): readonly string[] {
  const takes = (description.credentials ?? []).map(({ name }) => name);
  const given = Object.keys(node.credentials ?? {});
  const { authentication = "none" } = node.parameters;
  return [
    ...given.filter((name) => !takes.includes(name)).map((name) => `${node.name}: takes no credential ${name}`),
    ...(authentication !== "none" && given.length === 0 ? [`${node.name}: has no credential`] : []),
  ];
}
