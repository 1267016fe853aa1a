// What Rego answered → Decision, or nothing when it is not exactly of the agreed shape. Called by decide.ts.
// The shape is closed: an obligation that this server does not know is one it cannot keep, so it must not run.
import * as z from "zod";
import type { Decision, Obligations, Reason } from "../domain/decision.ts";
import { createMemo } from "../domain/memo.ts";
import { sandboxProfiles } from "../domain/sandbox.ts";

const rule = z.string().min(1).max(128);
const reason = z.strictObject({
  rule,
  message: z.string().min(1),
  token: z.string().optional(),
  try: z.string().optional(),
});

const obligations = z.strictObject({
  timeout_ms: z.int().min(1).max(55_000),
  max_output_bytes: z
    .int()
    .min(1)
    .max(16 * 1024 * 1024),
  max_output_lines: z.int().min(1).max(1_000_000).optional(),
  max_line_bytes: z
    .int()
    .min(1)
    .max(16 * 1024 * 1024)
    .optional(),
  cpu_ms: z.int().min(1).max(55_000).optional(),
  temp_bytes: z
    .int()
    .min(0)
    .max(1024 * 1024 * 1024)
    .optional(),
  max_processes: z.int().min(1).max(1024).optional(),
  cache_ttl_ms: z.int().min(1).max(2000).optional(),
  approval: z.strictObject({ roles: z.array(z.string().min(1)).min(1), expires_s: z.int().min(1) }).optional(),
  preflight: z.literal(true).optional(),
  redact: z.array(z.enum(["credentials", "kubernetes"])),
  sandbox: z.enum(sandboxProfiles),
});

const answerSchema = z.discriminatedUnion("effect", [
  z.strictObject({ effect: z.literal("allow"), rules: z.array(rule).min(1), obligations }),
  z.strictObject({ effect: z.literal("deny"), reasons: z.array(reason).min(1) }),
]);

const visibleSchema = z.array(z.string().min(1));

/** Most answers have been given before, and looking at one costs as much as a third of its evaluation. */
const known = createMemo<Decision>(64, 1024);

/** Parses the answer of the entrypoint `decision`; rules and reasons come out sorted. */
export function parseDecision(value: unknown): Decision | undefined {
  const text = JSON.stringify(value);
  if (text === undefined) return undefined;
  const held = known.get(text);
  if (held !== undefined) return held;
  const decision = readDecision(value);
  if (decision !== undefined) known.set(text, decision);
  return decision;
}

function readDecision(value: unknown): Decision | undefined {
  const parsed = answerSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const answer = parsed.data;
  if (answer.effect === "deny") {
    const reasons = answer.reasons.map(({ token, try: hint, ...said }) => ({
      ...said,
      ...(token === undefined ? {} : { token }),
      ...(hint === undefined ? {} : { try: hint }),
    }));
    return { effect: "deny", reasons: reasons.sort(byWords) };
  }
  return { effect: "allow", rules: sorted(answer.rules), obligations: toObligations(answer.obligations) };
}

function toObligations(said: z.output<typeof obligations>): Obligations {
  const { timeout_ms, max_output_bytes, max_output_lines, max_line_bytes, cpu_ms, temp_bytes, max_processes } = said;
  const { cache_ttl_ms, approval, preflight, redact, sandbox } = said;
  return {
    timeoutMs: timeout_ms,
    maxOutputBytes: max_output_bytes,
    ...(max_output_lines === undefined ? {} : { maxOutputLines: max_output_lines }),
    ...(max_line_bytes === undefined ? {} : { maxLineBytes: max_line_bytes }),
    ...(cpu_ms === undefined ? {} : { cpuMs: cpu_ms }),
    ...(temp_bytes === undefined ? {} : { tempBytes: temp_bytes }),
    ...(max_processes === undefined ? {} : { maxProcesses: max_processes }),
    ...(cache_ttl_ms === undefined ? {} : { cacheTtlMs: cache_ttl_ms }),
    ...(approval === undefined ? {} : { approval: { roles: sorted(approval.roles), expiresS: approval.expires_s } }),
    ...(preflight === undefined ? {} : { preflight }),
    redact: sorted(redact),
    sandbox,
  };
}

/** Parses the answer of the entrypoint `visible`. */
export function parseVisible(value: unknown): ReadonlySet<string> | undefined {
  const parsed = visibleSchema.safeParse(value);
  return parsed.success ? new Set(parsed.data) : undefined;
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

function byWords(a: Reason, b: Reason): number {
  const [left, right] = [a, b].map(({ rule, token = "", message, try: hint = "" }) =>
    [rule, token, message, hint].join("\u0000"),
  );
  return (left ?? "") < (right ?? "") ? -1 : 1;
}
