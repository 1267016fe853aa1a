// What a tool is: a name, a flat strict schema, and a function from valid arguments to a Draft. Declarative and pure;
// used by the gate (rung 1) and by mcp/ for tools/list. A tool never decides and never runs anything.
import * as z from "zod";
import type { Draft, Endpoints } from "../domain/command.ts";
import { token } from "./fields.ts";

/** The four hints of MCP's ToolAnnotations (spec 2025-11-25, server/tools). */
export interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** Why a tool has no draft here, although its arguments are good: the site lacks what it needs. */
export interface Unready {
  readonly unready: string;
  readonly try: string;
}

export interface Tool {
  /** `[a-z0-9_]`, at most 40 characters: n8n prefixes the node's name and cuts at 64. */
  readonly name: string;
  readonly toolset: "kubectl" | "git" | "gh" | "flux" | "helm" | "monitoring" | "cli" | "server";
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolHints;
  /** JSON Schema 2020-12 of the arguments, built once. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** Names of the arguments, for messages. */
  readonly argumentNames: readonly string[];
  /** Names of the arguments that hold tokens of the server's own: no caller's text, and not to be recorded. */
  readonly tokens: readonly string[];
  /** Validates and builds the draft; never throws for what a caller sent. */
  readonly read: (
    own: object,
    endpoints?: Endpoints,
  ) => { readonly draft: Draft; readonly grant?: string } | { readonly error: z.ZodError } | Unready;
}

type Declaration<Schema extends z.ZodObject> = Omit<Tool, "inputSchema" | "argumentNames" | "read" | "tokens"> & {
  readonly tokens?: readonly string[];
  /** Said where toolset and hints do not: it may need a person. */
  readonly takesApproval?: true;
  readonly schema: Schema;
  readonly draft: (input: z.output<Schema>, endpoints: Endpoints) => Draft | Unready;
};

/** Declares a tool; the type of `draft`'s input is the schema's output. */
export function defineTool<Schema extends z.ZodObject>(declaration: Declaration<Schema>): Tool {
  const { schema, draft, ...face } = declaration;
  const { $schema: _dialect, ...inputSchema } = z.toJSONSchema(schema, { io: "input", override: withoutPatterns });
  const wishes = wishesOf(face);
  const properties = { ...inputSchema.properties, ...wishes };
  return Object.freeze({
    ...face,
    tokens: [...(face.tokens ?? []), ...("approval" in wishes ? ["approval"] : [])],
    inputSchema: Object.freeze({ ...inputSchema, properties }),
    argumentNames: Object.keys(properties),
    read: (own: object, endpoints: Endpoints = {}) => {
      const { mine, rest } = part(own, wishes);
      const wished = wishesSchema.safeParse(mine);
      if (!wished.success) return { error: wished.error };
      const parsed = schema.safeParse(rest);
      if (!parsed.success) return { error: parsed.error };
      const made = draft(parsed.data, endpoints);
      if ("unready" in made) return made;
      const { fresh, approval } = wished.data;
      return {
        draft: fresh === true ? { ...made, fresh: true as const } : made,
        ...(approval === undefined ? {} : { grant: approval }),
      };
    },
  });
}

type Face = Pick<Tool, "annotations" | "toolset"> & { readonly takesApproval?: true };

/**
 * Whether a tool's answer may be another call's: then the caller can ask for one of its own. The server answers for itself,
 * and a work tree is each principal's own.
 */
const takesFresh = ({ annotations, toolset }: Face): boolean =>
  toolset !== "server" && toolset !== "git" && (annotations.readOnlyHint || toolset === "cli");

/** Whatever changes something may need a person: then it is called again with the grant. */
const takesApproval = (face: Face): boolean =>
  face.takesApproval ?? (face.toolset !== "server" && !face.annotations.readOnlyHint);

/** The arguments that tools have because of what they are, as JSON schemas. */
const wishesOf = (face: Face): Readonly<Record<string, { readonly type: string }>> => ({
  ...(takesApproval(face) ? { approval: { type: "string" } } : {}),
  ...(takesFresh(face) ? { fresh: { type: "boolean" } } : {}),
});

const wishesSchema = z.strictObject({ approval: token.optional(), fresh: z.boolean().optional() });

/** The wishes, and the other arguments as they came, `__proto__` and all. */
function part(own: object, wishes: object): { readonly mine: object; readonly rest: object } {
  const names = Object.keys(wishes).filter((name) => Object.hasOwn(own, name));
  if (names.length === 0) return { mine: {}, rest: own };
  const rest: Record<string, unknown> = Object.assign(Object.create(null), own);
  for (const name of names) delete rest[name];
  return { mine: Object.fromEntries(Object.entries(own).filter(([name]) => names.includes(name))), rest };
}

/**
 * Patterns, lengths and ranges are ours to check, with a sentence that teaches; in tools/list they would only cost the model's
 * context, a third of it.
 */
function withoutPatterns({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.pattern;
  delete jsonSchema.minLength;
  delete jsonSchema.maxLength;
  delete jsonSchema.minItems;
  delete jsonSchema.maxItems;
  delete jsonSchema.minimum;
  delete jsonSchema.maximum;
  delete jsonSchema.propertyNames;
  // Any value at all: `true` is how a schema says that it means it.
  const { additionalProperties: others } = jsonSchema;
  if (typeof others === "object" && Object.keys(others).length === 0) jsonSchema.additionalProperties = true;
}

export const readHints: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

export const changeHints: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: false,
};

/** What every changing tool takes besides: the caller's words, and whether it is only a dry run. */
interface Change {
  readonly reason?: string | undefined;
  readonly dry_run?: boolean | undefined;
}

/** The draft with the caller's reason and wish for a dry run. */
export const changed = (draft: Draft, { reason, dry_run }: Change): Draft => ({
  ...draft,
  ...(reason === undefined ? {} : { reason }),
  ...(dry_run === undefined ? {} : { dryRun: dry_run }),
});
