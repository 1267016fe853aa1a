// The server toolset: questions about AI SRE itself. They start no process.
import * as z from "zod";
import { defineTool, readHints } from "./tool.ts";

export const healthCheck = defineTool({
  name: "health_check",
  toolset: "server",
  title: "Ask whether AI SRE is well",
  description: "Says whether AI SRE and its cluster answer, which mode it is in and which binaries it has.",
  annotations: readHints,
  schema: z.strictObject({}),
  draft: () => ({ action: "server", steps: [] }),
});
