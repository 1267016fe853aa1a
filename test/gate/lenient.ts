// A policy decision point that asks for less than the committed policy: tests about what comes after it put it around the real one.
import type { Decision, Evaluation } from "../../src/domain/decision.ts";
import type { PolicyDecisionPoint, Question } from "../../src/domain/ports.ts";

const limits = { timeoutMs: 60_000, maxOutputBytes: 100_000, redact: [] };
const allowed = (question: Question): Decision => ({
  effect: "allow",
  rules: ["test/all"],
  obligations: { ...limits, sandbox: question.kind === "command" ? question.command.sandbox : "text" },
});

/** Nobody has to approve, and nothing is looked at before; with `allowsAll` nothing is denied either. */
export function lenient(
  policy: PolicyDecisionPoint,
  { allowsAll = false }: { readonly allowsAll?: boolean } = {},
): PolicyDecisionPoint {
  const less = (question: Question, evaluation: Evaluation): Evaluation => {
    const { decision } = evaluation;
    if (decision.effect === "deny") return allowsAll ? { ...evaluation, decision: allowed(question) } : evaluation;
    const { approval: _taken, preflight: _spared, ...rest } = decision.obligations;
    return { ...evaluation, decision: { ...decision, obligations: rest } };
  };
  return {
    get revision() {
      return policy.revision;
    },
    visible: (principal) => policy.visible(principal),
    decide: (question) => less(question, policy.decide(question)),
    probe: (question) => less(question, policy.probe(question)),
  };
}
