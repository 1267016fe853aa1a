// What an n8n template is made of, as far as its lint looks at it. Read from n8n/*.json; runs nothing.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../..");

const nodeSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  typeVersion: z.number(),
  position: z.tuple([z.number(), z.number()]),
  parameters: z.record(z.string(), z.unknown()),
  credentials: z.record(z.string(), z.strictObject({ id: z.string().nullable(), name: z.string().min(1) })).optional(),
  onError: z.enum(["stopWorkflow", "continueErrorOutput", "continueRegularOutput"]).optional(),
  webhookId: z.string().optional(),
  disabled: z.boolean().optional(),
});

const endSchema = z.strictObject({ node: z.string(), type: z.string(), index: z.int().min(0) });

export const workflowSchema = z.looseObject({
  id: z.string(),
  name: z.string().min(1),
  nodes: z.array(nodeSchema).min(1),
  /** From node → kind of connection → output → ends. */
  connections: z.record(z.string(), z.record(z.string(), z.array(z.array(endSchema).nullable()))),
  active: z.boolean().optional(),
});

export type Workflow = z.output<typeof workflowSchema>;
export type WorkflowNode = Workflow["nodes"][number];

export interface Link {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly output: number;
}

export const templates: readonly { readonly file: string; readonly json: unknown }[] = globSync("n8n/*.json", {
  cwd: root,
})
  .sort()
  .map((file) => ({
    file: file.replaceAll("\\", "/"),
    json: JSON.parse(readFileSync(path.join(root, file), "utf8")),
  }));

/** The kinds that the lint knows by name; `n8n-nodes-base.` and the other prefix are n8n's. */
export const kinds = {
  mcp: "@n8n/n8n-nodes-langchain.mcpClient",
  mcpTool: "@n8n/n8n-nodes-langchain.mcpClientTool",
  agent: "@n8n/n8n-nodes-langchain.agent",
  set: "n8n-nodes-base.set",
  code: "n8n-nodes-base.code",
  note: "n8n-nodes-base.stickyNote",
} as const;

/** A node that asks a person before the tools behind it run. */
export const isReview = ({ type }: WorkflowNode): boolean => type.endsWith("HitlTool");

export const linksOf = ({ connections }: Workflow): readonly Link[] =>
  Object.entries(connections).flatMap(([from, byType]) =>
    Object.entries(byType).flatMap(([type, outputs]) =>
      outputs.flatMap((ends, output) => (ends ?? []).map(({ node: to }) => ({ from, to, type, output }))),
    ),
  );

const settingSchema = z.looseObject({
  assignments: z.looseObject({ assignments: z.array(z.looseObject({ name: z.string(), value: z.unknown() })) }),
});

/** What a Set node assigns; none for another one. */
export const assignmentsOf = ({ type, parameters }: WorkflowNode): Readonly<Record<string, unknown>> => {
  const read = type === kinds.set ? settingSchema.safeParse(parameters) : undefined;
  return read?.success === true
    ? Object.fromEntries(read.data.assignments.assignments.map(({ name, value }) => [name, value]))
    : {};
};

/** Every text in a value, with the way to it. */
export function* textsIn(value: unknown, way = ""): Iterable<readonly [way: string, text: string]> {
  if (typeof value === "string") yield [way, value];
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* textsIn(inner, way === "" ? key : `${way}.${key}`);
}
