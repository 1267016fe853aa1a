// Asks a policy about inputs that already exist, word for word: recorded ones, those of the decision tables, and the one that
// a judgement has just been made of. Called by the reviewer's desk and by tests; never on a call's way.
import * as z from "zod";
import type { Decision, PolicyFaultKind } from "../domain/decision.ts";
import { parseDecision } from "./answer.ts";
import { encodeData, type PolicyBundle } from "./bundle.ts";
import { entrypoints, toBytes } from "./decide.ts";
import { createEvaluator } from "./evaluator.ts";

const consideredSchema = z.array(
  z.strictObject({
    rule: z.string(),
    effect: z.enum(["allow", "deny"]),
    matched: z.boolean(),
    /** The named parts of the rule's condition, and whether each holds; empty for a denial. */
    checks: z.record(z.string(), z.boolean()),
  }),
);

/** A rule that was reached, as the entrypoint `explain` tells of it. */
export type Considered = Readonly<z.output<typeof consideredSchema>[number]>;

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: PolicyFaultKind };

export interface Inquiry {
  /** What the policy said, not yet held to the agreed shape. */
  raw(input: string): Answer<unknown>;
  decide(input: string): Answer<Decision>;
  explain(input: string): Answer<readonly Considered[]>;
}

/** Evaluates the bundle over site data as rules see it (`toPolicyData`). Throws when its module does not even start. */
export function createInquiry(bundle: PolicyBundle, site: Readonly<Record<string, unknown>>): Inquiry {
  const data = encodeData({ ...bundle.data, site });
  const evaluator = createEvaluator(bundle.module, data);
  const ask = <Value>(entrypoint: string, input: string, parse: (value: unknown) => Value | undefined) => {
    const bytes = toBytes(input);
    if (bytes === undefined) return { ok: false, fault: "input" } as const;
    const result = evaluator.evaluate(entrypoint, bytes);
    if (!result.ok) return result;
    const value = parse(result.value);
    return value === undefined ? ({ ok: false, fault: "odd_shape" } as const) : ({ ok: true, value } as const);
  };
  return {
    raw: (input) => ask(entrypoints.decision, input, (value) => value),
    decide: (input) => ask(entrypoints.decision, input, parseDecision),
    explain: (input) => ask(entrypoints.explain, input, (value) => consideredSchema.safeParse(value).data),
  };
}
