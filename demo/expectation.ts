// What a step of the play must come to, and whether it did. Pure; used by demo.ts through play.ts.
import type { z } from "zod";
import type { resultSchema } from "../src/mcp/result-schema.ts";

/** `structuredContent` of a call. */
export type Result = z.infer<typeof resultSchema>;

export interface Expectation {
  readonly outcome: Result["outcome"];
  /** Must be among the decision's rules. */
  readonly rule: string;
  readonly output?: RegExp;
  /** Must not be in the output. */
  readonly without?: RegExp;
  /** Anything else: the problem in words, or undefined. */
  readonly check?: (result: Result) => string | undefined;
}

/** What is not as expected, one sentence each; empty when all is well. */
export function problemsOf({ outcome, rule, output, without, check }: Expectation, result: Result): readonly string[] {
  const { effect, rules } = result.decision;
  const stdout = result.stdout ?? "";
  const problems = [
    check?.(result),
    result.outcome === outcome ? undefined : `the outcome is ${result.outcome} (${result.code}), not ${outcome}`,
    rules.includes(rule) ? undefined : `policy says ${effect} by ${rules.join(", ") || "no rule"}, not by ${rule}`,
    output === undefined || output.test(stdout) ? undefined : `the output does not match ${String(output)}`,
    without?.test(stdout) === true ? `the output matches ${String(without)}` : undefined,
  ];
  return problems.filter((problem) => problem !== undefined);
}
