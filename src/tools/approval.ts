// approval_decide: a person's verdict on another call's plan. It starts no process; policy says who may decide what.
import * as z from "zod";
import { verdicts } from "../domain/approval.ts";
import { token } from "./fields.ts";
import { defineTool } from "./tool.ts";

const line = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must be one line of text");

export const approvalDecide = defineTool({
  name: "approval_decide",
  toolset: "server",
  title: "Decide on a request for approval",
  description:
    "A person's verdict on the `request` of an `approval_required` answer; the first is final. An approval returns the `grant` that whoever asked passes as `approval`.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  tokens: ["request"],
  schema: z.strictObject({
    request: token,
    verdict: z.enum(verdicts),
    note: line.optional(),
    on_behalf_of: line.optional().describe("Who decided, as your side knows them"),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "must be the 64 hex digits of the plan")
      .optional()
      .describe("Of the plan, when no message could hold it"),
  }),
  draft: ({ request, verdict, note, on_behalf_of, digest }) => ({
    action: "approve",
    steps: [],
    verdict: {
      request,
      verdict,
      ...(note === undefined ? {} : { note }),
      ...(on_behalf_of === undefined ? {} : { onBehalfOf: on_behalf_of }),
      ...(digest === undefined ? {} : { digest }),
    },
  }),
});
