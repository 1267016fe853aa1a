// What the play left behind: audit records of a call, counters, and whether anything asked the cluster for Secrets.
import * as z from "zod";

const recordSchema = z.looseObject({ seq: z.int(), kind: z.string(), call_id: z.string().optional() });
export type AuditRecord = z.infer<typeof recordSchema>;

/** The records of one call, oldest first. */
export function recordsOf(auditText: string, callId: string): readonly AuditRecord[] {
  const lines = auditText.split("\n").filter((line) => line !== "");
  return lines.map((line) => recordSchema.parse(JSON.parse(line))).filter(({ call_id }) => call_id === callId);
}

/** What a person reads first in a record; the rest (policy input, digests, chain) stands in the file. */
const shownFields = [
  "seq",
  "kind",
  "principal",
  "tool",
  "effect",
  "code",
  "rules",
  "reasons",
  "reason",
  "argvs",
  "mac",
];

export function recordLine(record: AuditRecord): string {
  const shown = Object.fromEntries(
    shownFields.filter((field) => record[field] !== undefined).map((field) => [field, shorten(field, record[field])]),
  );
  return JSON.stringify(shown);
}

function shorten(field: string, value: unknown): unknown {
  if (field === "mac") return `${String(value).slice(0, 12)}…`;
  if (field === "principal") return z.looseObject({ id: z.string() }).parse(value).id;
  if (field === "argvs")
    return z
      .array(z.array(z.string()))
      .parse(value)
      .map((argv) => argv.join(" "));
  if (field === "reasons")
    return z
      .array(z.looseObject({ rule: z.string() }))
      .parse(value)
      .map(({ rule }) => rule);
  return value;
}

export interface Counter {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The three counters that tell the story of the play. */
export const counters: readonly Counter[] = [
  { name: "aisre_tool_calls_total", labels: { tool: "cli_tool", outcome: "denied" } },
  { name: "aisre_policy_decisions_total", labels: { effect: "deny", rule: "kubectl/no-secrets" } },
  { name: "aisre_commands_total", labels: { binary: "kubectl", verb: "rollout restart", exit: "0" } },
];

/** The line of /metrics that carries these labels, others allowed beside them. */
export function counterLine(metrics: string, { name, labels }: Counter): string | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return metrics.split("\n").find((line) => line.startsWith(`${name}{`) && wanted.every((pair) => line.includes(pair)));
}

/** Requests for Secrets among those that reached the simulated cluster. */
export const secretRequests = (requests: readonly string[]): readonly string[] =>
  requests.filter((request) => /\/secrets(\/|$)/.test(request));
