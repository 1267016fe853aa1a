// What a tool is: a name, a flat strict schema, and a function from valid arguments to a Draft. Declarative and pure;
// used by the gate (rung 1) and by mcp/ for tools/list. A tool never decides and never runs anything.
import * as z from "zod";
import type { Draft } from "../domain/command.ts";

/** The four hints of MCP's ToolAnnotations (spec 2025-11-25, server/tools). */
export interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

export interface Tool {
  /** `[a-z0-9_]`, at most 40 characters: n8n prefixes the node's name and cuts at 64. */
  readonly name: string;
  readonly toolset: "kubectl" | "git" | "gh" | "cli" | "server";
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolHints;
  /** JSON Schema 2020-12 of the arguments, built once. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** Names of the arguments, for messages. */
  readonly argumentNames: readonly string[];
  /** Validates and builds the draft; never throws for what a caller sent. */
  readonly read: (own: object) => { readonly draft: Draft } | { readonly error: z.ZodError };
}

type Declaration<Schema extends z.ZodObject> = Omit<Tool, "inputSchema" | "argumentNames" | "read"> & {
  readonly schema: Schema;
  readonly draft: (input: z.output<Schema>) => Draft;
};

/** Declares a tool; the type of `draft`'s input is the schema's output. */
export function defineTool<Schema extends z.ZodObject>(declaration: Declaration<Schema>): Tool {
  const { schema, draft, ...face } = declaration;
  const { $schema: _dialect, ...inputSchema } = z.toJSONSchema(schema, { io: "input" });
  return Object.freeze({
    ...face,
    inputSchema: Object.freeze(inputSchema),
    argumentNames: Object.keys(schema.shape),
    read: (own: object) => {
      const parsed = schema.safeParse(own);
      return parsed.success ? { draft: draft(parsed.data) } : { error: parsed.error };
    },
  });
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
