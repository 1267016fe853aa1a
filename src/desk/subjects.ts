// What two policies are asked when they are compared: calls, cases of the decision tables, and calls that the audit recorded.
// Read line by line from files of any of these, told apart by what a line holds. Nothing here judges.
import * as z from "zod";
import { readLines } from "../audit/read-lines.ts";
import { type AuditRecord, parseRecord } from "../audit/read-records.ts";
import type { Annotations } from "./annotations.ts";
import { type Asked, askedSchema } from "./asked.ts";

interface Named {
  /** Where to find it: the line's id, the case's name or the call's id. */
  readonly name: string;
}

/** A call, read and judged anew by each policy. */
export interface CallSubject extends Named {
  readonly kind: "call";
  readonly asked: Asked;
}

/** One policy input, with the site data of its table. */
export interface CaseSubject extends Named {
  readonly kind: "case";
  readonly site: Readonly<Record<string, unknown>>;
  readonly input: string;
}

/** Every input of one recorded call, in the order of the records. */
export interface RecordedSubject extends Named {
  readonly kind: "recorded";
  readonly inputs: readonly string[];
  /** What was decided then. */
  readonly past: {
    readonly effect: "allow" | "deny";
    readonly rules: readonly string[];
    readonly revision?: string;
    readonly time: string;
  };
}

export type Subject = CallSubject | CaseSubject | RecordedSubject;

/** What cannot be asked again, and why. */
export interface Unasked extends Named {
  readonly kind: "unasked";
  readonly why: string;
  /** It is a call of the audit. */
  readonly recorded?: true;
}

const caseSchema = z.object({
  name: z.string(),
  site: z.record(z.string(), z.json()).default({}),
  input: z.record(z.string(), z.json()),
});

/** Calls whose records are held until the last of them has been read; more calls than that are not open at once. */
const maxOpenCalls = 4096;

/** Every subject of the files, in order; `-` is standard input. Rejects with the system's error. */
export async function* readSubjects(files: readonly string[]): AsyncGenerator<Subject | Unasked, void> {
  const open = new Map<string, AuditRecord[]>();
  for await (const { file, line, bytes } of readLines(files)) {
    const place = `${file}:${line}`;
    const text = bytes.toString("utf8").trim().replace(/,$/, "");
    if (text === "" || text === "[" || text === "]") continue;
    const record = parseRecord(Buffer.from(text));
    if (record === undefined) {
      yield readPlain(text, place);
      continue;
    }
    if (record.kind !== "decision" || record.call_id === undefined) continue;
    const key = `${record.segment} ${record.call_id}`;
    const held = open.get(key);
    if (held !== undefined) held.push(record);
    else open.set(key, [record]);
    const [oldest] = open.keys();
    if (open.size > maxOpenCalls && oldest !== undefined) {
      yield toRecorded(open.get(oldest) ?? []);
      open.delete(oldest);
    }
  }
  for (const records of open.values()) yield toRecorded(records);
}

function readPlain(text: string, place: string): Subject | Unasked {
  const value = readJson(text);
  const asked = askedSchema.safeParse(value);
  if (asked.success) return { kind: "call", name: nameOf(asked.data.id) ?? place, asked: asked.data };
  const one = caseSchema.safeParse(value);
  if (one.success) {
    const { name, site, input } = one.data;
    return { kind: "case", name, site, input: JSON.stringify(input) };
  }
  return { kind: "unasked", name: place, why: "is neither a call, nor a case, nor an audit record" };
}

const nameOf = (id: unknown): string | undefined =>
  typeof id === "string" || typeof id === "number" ? String(id) : undefined;

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toRecorded(records: readonly AuditRecord[]): RecordedSubject | Unasked {
  const name = records[0]?.call_id ?? "";
  const inputs = records.flatMap(({ input }) => (input === undefined ? [] : [JSON.stringify(input)]));
  // A denial that no stage spoke (the obligations do not hold together) has no input of its own: the others make it again. A
  // call in the call that ended before policy has none either, and nothing makes that again.
  const silent = records.find(
    ({ input, stage_index: stage, code }) => input === undefined && (stage !== undefined || code !== "denied"),
  );
  if (inputs.length === 0 || silent !== undefined) {
    return { kind: "unasked", name, why: whyUnasked(silent ?? records[0]), recorded: true };
  }
  const denied = records.some(({ effect }) => effect === "deny");
  const spoke = records.filter(({ effect }) => effect === (denied ? "deny" : "allow"));
  const revision = records[0]?.policy_revision;
  return {
    kind: "recorded",
    name,
    inputs,
    past: {
      effect: denied ? "deny" : "allow",
      rules: sorted(spoke.flatMap(({ rules = [] }) => rules)),
      ...(revision === undefined ? {} : { revision }),
      time: records[0]?.time ?? "",
    },
  };
}

/** Why a record holds no input (docs/policy.md says when). */
export function whyUnasked({ code, ...record }: Pick<AuditRecord, "code"> & Partial<AuditRecord> = {}): string {
  if (record["input_bytes"] !== undefined) return "its input was too large to be recorded";
  if (code === "denied") return "it held what looks like a credential, so its input was not recorded";
  return `it ended before policy was asked (${code ?? "no code"})`;
}

/** The examples of the rules as calls. */
export const exampleSubjects = ({ rules }: Annotations): readonly CallSubject[] =>
  rules.flatMap(({ id, examples }) =>
    [...examples.match, ...examples.not_match].map((example): CallSubject => {
      const call = Array.isArray(example) ? { tool: "cli_tool", arguments: { argv: example } } : example;
      return { kind: "call", name: `example of ${id}`, asked: askedSchema.parse(call) };
    }),
  );

export const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted();
