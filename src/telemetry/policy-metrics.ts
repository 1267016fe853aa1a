// What policy decided, how fast, and when it could not. Part of metrics.ts.
import { Counter, Histogram, type Registry } from "prom-client";
import type { Decision, PolicyFaultKind } from "../domain/decision.ts";
import { closedLabel } from "./closed-label.ts";

/** Rules of one bundle that are told apart. */
const maxRules = 500;
/** 10 µs to 10 ms, in seconds: the aim is 50 µs at p50 and 200 µs at p99. */
const evaluationBuckets = [0.00001, 0.000025, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01];
const faultKinds: readonly PolicyFaultKind[] = ["throw", "undefined", "odd_shape", "input", "missing"];

const shadowResults = ["agreed", "disagreed", "fault", "dropped"] as const;
const shadowChanges = ["newly_allowed", "newly_denied", "other_obligations"] as const;
const reloadResults = ["replaced", "refused", "unchanged"] as const;

export function createPolicyMetrics(registry: Registry) {
  const registers = [registry];
  const ruleLabel = closedLabel(maxRules);
  const decisions = new Counter({
    name: "aisre_policy_decisions_total",
    help: "Policy decisions, one per stage and rule that decided; rule is default when none spoke.",
    labelNames: ["tool", "effect", "rule"],
    registers,
  });
  const evaluation = new Histogram({
    name: "aisre_policy_evaluation_seconds",
    help: "Time of one policy evaluation in the WASM module.",
    buckets: evaluationBuckets,
    registers,
  });
  const faults = new Counter({
    name: "aisre_policy_faults_total",
    help: "Evaluations that policy could not answer; each one is a denial.",
    labelNames: ["kind"],
    registers,
  });
  const reloads = new Counter({
    name: "aisre_policy_reloads_total",
    help: "Looks at changed policy files, by what came of them.",
    labelNames: ["result"],
    registers,
  });
  const shadowed = new Counter({
    name: "aisre_policy_shadow_decisions_total",
    help: "Judgements that the shadow policy was asked about, by what came of it.",
    labelNames: ["result"],
    registers,
  });
  const disagreements = new Counter({
    name: "aisre_policy_shadow_disagreements_total",
    help: "Judgements that the shadow policy would have made otherwise.",
    labelNames: ["change"],
    registers,
  });
  for (const result of shadowResults) shadowed.inc({ result }, 0);
  for (const change of shadowChanges) disagreements.inc({ change }, 0);
  for (const kind of faultKinds) faults.inc({ kind }, 0);
  for (const result of reloadResults) reloads.inc({ result }, 0);
  return {
    /** Counts one stage's decision under each rule that spoke. */
    decided: (tool: string, decision: Decision, durationMs: number): void => {
      const spoke = decision.effect === "allow" ? decision.rules : decision.reasons.map(({ rule }) => rule);
      const rules = new Set(spoke.length === 0 ? ["default"] : spoke.map(ruleLabel));
      for (const rule of rules) decisions.inc({ tool, effect: decision.effect, rule });
      evaluation.observe(durationMs / 1000);
    },
    policyFault: (kind: PolicyFaultKind): void => faults.inc({ kind }),
    /** `change`: how the shadow differs, when it does. */
    shadowed: (result: (typeof shadowResults)[number], change?: (typeof shadowChanges)[number]): void => {
      shadowed.inc({ result });
      if (change !== undefined) disagreements.inc({ change });
    },
    policyReloaded: (result: (typeof reloadResults)[number]): void => reloads.inc({ result }),
  };
}
