// AuditEvent → the fields of one audit record, in snake_case and within bounds. Pure; called by the log, which adds the
// record's place in the chain. Holds no secret: raw arguments and free text are redacted before they are cut.
import { createMemo } from "../domain/memo.ts";
import type { AuditEvent } from "../domain/ports.ts";
import { clean, type Redact } from "./clean.ts";
import { type Fields, fit } from "./fit.ts";
import { rawArgumentsFields } from "./raw-arguments.ts";
import { sha256 } from "./sha256.ts";

/** Longest policy input that is kept verbatim, bytes. */
const maxInputBytes = 12 * 1024;
/** Longest text in the caller's or a tool's own words, characters. */
const maxTextChars = 512;
const maxNameChars = 128;

/** Builds everything of a record but its place in the chain. */
export function buildFields(event: AuditEvent, redact: Redact, parse: ParseInput = parseVerbatim): Fields {
  const text = (value: string, maxChars: number) => cut(redact(value), maxChars);
  const fields: Fields = {
    kind: event.kind,
    call_id: event.callId,
    principal: event.principal && {
      id: event.principal.id,
      roles: event.principal.roles,
      authenticated_by: event.principal.authenticatedBy,
    },
    // A tool that does not exist is named by the caller.
    tool: event.tool === undefined ? undefined : text(event.tool, maxNameChars),
    transport: event.transport,
    plan_digest: event.planDigest,
    policy_revision: event.policyRevision,
    policy_key_id: event.policyKeyId,
    step_index: event.stepIndex,
    stage_index: event.stageIndex,
    effect: event.effect,
    code: event.code,
    rules: event.rules,
    reasons: event.reasons?.map(({ rule, message }) => ({ rule, message: text(message, maxTextChars) })),
    argvs: event.argvs,
    reason: event.reason === undefined ? undefined : text(event.reason, maxTextChars),
    trace_id: event.traceId,
    details: event.details === undefined ? undefined : clean(event.details, redact),
    ...(event.input === undefined ? {} : inputFields(event.input, parse)),
    ...("rawArguments" in event ? rawArgumentsFields(event.rawArguments, redact) : {}),
  };
  return fit(fields);
}

/** The input as JSON, when printing it again gives the same bytes; its digest otherwise, and then no replay. */
function inputFields(input: string, parse: ParseInput): Fields {
  const bytes = Buffer.byteLength(input);
  const value = bytes > maxInputBytes ? undefined : parse(input);
  return value === undefined
    ? { input_sha256: sha256(input), input_bytes: bytes, replayable: false }
    : { input: value };
}

/** JSON text → its value when printing that gives the same text. */
export type ParseInput = (input: string) => unknown;

function parseVerbatim(input: string): unknown {
  try {
    const value: unknown = JSON.parse(input);
    return JSON.stringify(value) === input ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Remembers: equal questions come again and again, and what was parsed is only printed. */
export function createInputParser(): ParseInput {
  const parsed = createMemo<object>(64, 4096);
  return (input) => {
    const held = parsed.get(input);
    if (held !== undefined) return held;
    const value = parseVerbatim(input);
    if (typeof value === "object" && value !== null) parsed.set(input, value);
    return value;
  };
}

const cut = (text: string, maxChars: number): string =>
  text.length > maxChars ? `${text.slice(0, maxChars).toWellFormed()}…` : text;
