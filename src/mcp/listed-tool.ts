// What tools/list needs to know of a tool. The catalog's tools satisfy it structurally; mcp/ never imports the catalog.

export interface ListedTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12 of the arguments: an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}
