// The structured content of a result, held to the published schema wherever a test reads one.
import { resultSchema } from "../../src/mcp/result-schema.ts";

/** @throws ZodError when the result does not have the one shape of docs/result.md */
export const readAnswer = (structuredContent: unknown) => resultSchema.parse(structuredContent);

export type Answer = ReturnType<typeof readAnswer>;
