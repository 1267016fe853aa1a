// Keeps one instance of the policy alive. After any throw the instance is dropped and a new one made from the compiled
// module: throws leave state behind, and after some hundreds of them every evaluation of that instance fails.
import type { PolicyFaultKind } from "../domain/decision.ts";
import { instantiate, type PolicyInstance } from "./module.ts";

type EvaluationResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: Extract<PolicyFaultKind, "throw" | "undefined" | "odd_shape" | "missing"> };

export interface Evaluator {
  readonly entrypoints: readonly string[];
  /** Evaluates JSON text. Never throws. */
  evaluate(entrypoint: string, input: ArrayBuffer): EvaluationResult;
}

/**
 * Creates an evaluator over a compiled module and its data (JSON text), in so many pages of memory at most.
 * Throws when not even the first instance works.
 */
export function createEvaluator(module: WebAssembly.Module, data: ArrayBuffer, pages?: number): Evaluator {
  let instance: PolicyInstance | undefined = instantiate(module, data, pages);
  const { entrypoints } = instance;

  return {
    entrypoints,
    evaluate(entrypoint, input) {
      try {
        instance ??= instantiate(module, data, pages);
      } catch {
        return { ok: false, fault: "missing" };
      }
      try {
        return unwrap(instance.evaluate(entrypoint, input));
      } catch {
        instance = undefined;
        return { ok: false, fault: "throw" };
      }
    },
  };
}

/** OPA answers `[{ result }]`, and `[]` when the entrypoint is undefined. */
function unwrap(set: unknown): EvaluationResult {
  if (!Array.isArray(set)) return { ok: false, fault: "odd_shape" };
  if (set.length === 0) return { ok: false, fault: "undefined" };
  const first: unknown = set[0];
  if (set.length !== 1 || typeof first !== "object" || first === null || !("result" in first)) {
    return { ok: false, fault: "odd_shape" };
  }
  return { ok: true, value: first.result };
}
