// Audit files as a stream of parsed records with their places. For readers that trust the file or have verified it (show,
// replay, explain): it checks a record's shape, not its MAC.
import * as z from "zod";
import { auditKinds } from "../domain/audit.ts";
import { type AuditLine, readLines } from "./read-lines.ts";

const text = z.string();
const index = z.int().nonnegative();

/** What every reader may rely on; anything else that a record holds stays in it. */
const recordSchema = z.looseObject({
  seq: z.int().positive(),
  time: text,
  instance: text,
  segment: text,
  kind: z.enum(auditKinds),
  call_id: text.optional(),
  principal: z.looseObject({ id: text, roles: z.array(text), authenticated_by: text.optional() }).optional(),
  tool: text.optional(),
  transport: text.optional(),
  plan_digest: text.optional(),
  policy_revision: text.optional(),
  step_index: index.optional(),
  stage_index: index.optional(),
  effect: z.enum(["allow", "deny"]).optional(),
  code: text.optional(),
  rules: z.array(text).optional(),
  reasons: z.array(z.looseObject({ rule: text, message: text })).optional(),
  argvs: z.array(z.array(text)).optional(),
  reason: text.optional(),
  /** The policy input verbatim. */
  input: z.unknown().optional(),
  /** False when the record does not hold what was asked (docs/audit.md says when). */
  replayable: z.boolean().optional(),
  details: z.record(text, z.unknown()).optional(),
});

export type AuditRecord = z.output<typeof recordSchema>;

export interface PlacedRecord extends Pick<AuditLine, "file" | "line"> {
  readonly record: AuditRecord;
}

/** Every record of the files, in order; lines that are none are passed over. Rejects with the system's error. */
export async function* readRecords(files: readonly string[]): AsyncGenerator<PlacedRecord, void> {
  for await (const { file, line, bytes } of readLines(files)) {
    const record = parseRecord(bytes);
    if (record !== undefined) yield { file, line, record };
  }
}

/** One line; undefined when it is no audit record. */
export function parseRecord(bytes: Buffer): AuditRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(bytes.toString("utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
