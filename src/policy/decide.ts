// Asks Rego about one stage. Called by pdp.ts, for every stage of every call, so it stringifies once and copies little.
// Never throws and never lets doubt pass: whatever is not a well-formed answer is a denial that says policy was unavailable.
import type { Decision, Evaluation, PolicyFaultKind } from "../domain/decision.ts";
import type { Memo } from "../domain/memo.ts";
import type { Clock, Question } from "../domain/ports.ts";
import { parseDecision } from "./answer.ts";
import { findOutOfBounds, maxInputBytes } from "./bounds.ts";
import type { Evaluator } from "./evaluator.ts";
import { toInput, type Surroundings } from "./to-input.ts";

export const entrypoints = {
  decision: "aisre/authz/decision",
  visible: "aisre/authz/visible",
  explain: "aisre/authz/explain",
} as const;

export interface DecidePorts {
  readonly evaluator: Evaluator;
  /** What this evaluator answered lately, by the input's text; goes with it. */
  readonly decisions: Memo<Decision>;
  readonly clock: Clock;
  readonly onFault: (kind: PolicyFaultKind) => void;
}

/** Judges one question. `look` gives what the question itself does not know; when it throws, that is an input fault. */
export function decide(question: Question, look: () => Surroundings, ports: DecidePorts): Evaluation {
  const { clock, decisions, evaluator, onFault } = ports;
  const startedAtMs = clock.now();
  const began = clock.monotonic();
  const finish = (fields: Pick<Evaluation, "decision" | "fault" | "input">): Evaluation => ({
    ...fields,
    startedAtMs,
    durationMs: clock.monotonic() - began,
  });
  const failed = (fault: PolicyFaultKind, input?: string): Evaluation => {
    onFault(fault);
    return finish({ decision: unavailable(fault), fault, ...(input === undefined ? {} : { input }) });
  };

  const asked = buildInput(question, look);
  if (asked === undefined) return failed("input");
  const { text: input } = asked;
  // The policy has no clock, no chance and no memory: the same bytes get the same answer until it is replaced.
  const held = decisions.get(input);
  if (held !== undefined) return finish({ decision: held, input });
  const bytes = findOutOfBounds(asked.input) === undefined ? toBytes(input) : undefined;
  if (bytes === undefined) return failed("input");
  const result = evaluator.evaluate(entrypoints.decision, bytes);
  if (!result.ok) return failed(result.fault, input);
  const decision = parseDecision(result.value);
  if (decision === undefined) return failed("odd_shape", input);
  decisions.set(input, decision);
  return finish({ decision, input });
}

/** JSON text as the bytes that the WASM reads; nothing when they are too many. */
export function toBytes(text: string): ArrayBuffer | undefined {
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength > maxInputBytes) return undefined;
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

function buildInput(question: Question, look: () => Surroundings) {
  try {
    const input = toInput(question, look());
    return { input, text: JSON.stringify(input) };
  } catch {
    return undefined;
  }
}

const messages: Readonly<Record<PolicyFaultKind, string>> = {
  throw: "policy failed while it judged this, so nothing ran",
  undefined: "policy gave no answer, so nothing ran",
  odd_shape: "policy gave an answer that this server does not understand, so nothing ran",
  input: "the call is too large or too odd to be judged, so nothing ran",
  missing: "policy is not loaded, so nothing ran",
};

function unavailable(fault: PolicyFaultKind): Decision {
  return { effect: "deny", reasons: [{ rule: "server/policy-unavailable", message: messages[fault] }] };
}
