// What policy answers. Never a bare boolean, never undefined: allow with rules and obligations, or deny with reasons.
import type { Bounds } from "./bounds.ts";
import type { SandboxProfile } from "./sandbox.ts";

/** The bounds that policy always sets; of the others the server's own hold where it sets none. */
type AlwaysSet = "timeoutMs" | "maxOutputBytes";

/** What policy demands of the execution. The type is closed: an obligation outside it is a denial. */
export interface Obligations extends PlanObligations {
  /** The walls of this one stage. */
  readonly sandbox: SandboxProfile;
}

/** What holds for a whole plan. */
export interface PlanObligations extends Pick<Bounds, AlwaysSet>, Partial<Omit<Bounds, AlwaysSet>> {
  readonly approval?: { readonly roles: readonly string[]; readonly expiresS: number };
  /** Redaction profiles to apply, sorted. */
  readonly redact: readonly string[];
  /** How old an answer of another call may be that is given instead of a new one; absent: none may. */
  readonly cacheTtlMs?: number;
  /** What it would do is looked at first; what would fail does not start. */
  readonly preflight?: true;
}

export interface Reason {
  /** `<toolset>/<kebab-title>`, or `server/<code-in-kebab-case>` when no policy rule spoke. */
  readonly rule: string;
  readonly message: string;
  readonly token?: string;
  readonly position?: { readonly stage: number; readonly index: number };
  /** The nearest thing that is allowed. */
  readonly try?: string;
}

export type Decision =
  | { readonly effect: "allow"; readonly rules: readonly string[]; readonly obligations: Obligations }
  | Denial;

export interface Denial {
  readonly effect: "deny";
  readonly reasons: readonly Reason[];
}

/** Over a whole plan: one set of limits, and walls per stage. */
export type PlanDecision =
  | {
      readonly effect: "allow";
      readonly rules: readonly string[];
      readonly obligations: PlanObligations;
      /** One per stage or change of a file, in the plan's order. */
      readonly sandboxes: readonly SandboxProfile[];
    }
  | Denial;

/** Why policy could not answer. Each is a denial with code `policy_unavailable`. */
export type PolicyFaultKind = "throw" | "undefined" | "odd_shape" | "input" | "missing";

/** One evaluation: what was asked (verbatim, for the audit), what came back, how long it took. */
export interface Evaluation {
  /** The policy input as JSON text; absent when there was none to build. */
  readonly input?: string;
  readonly decision: Decision;
  /** Set when the denial stands for a fault and not for a rule. */
  readonly fault?: PolicyFaultKind;
  readonly startedAtMs: number;
  readonly durationMs: number;
}
