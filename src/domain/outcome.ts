// What became of a call, as facts and not as prose. mcp/ renders it; audit/ and telemetry/ record it.
import type { ApprovalAnswer } from "./approval.ts";
import type { FileChange } from "./command.ts";
import type { Reason } from "./decision.ts";
import type { OutcomeCode, OutcomeKind } from "../errors.ts";

/** What became of one process. */
export interface StageOutcome {
  readonly argv: readonly string[];
  readonly exitCode?: number;
  /** E.g. "SIGKILL", when a signal ended it. */
  readonly signal?: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly truncated: boolean;
  /** What its processes cost together, where the sandbox counts it; strays are those it left behind. */
  readonly usage?: { readonly cpuMs: number; readonly maxRssKb: number; readonly strays: number };
  /** Why the sandbox started nothing. Names paths: for the audit, not for a caller. */
  readonly refused?: string;
  /** True when the process says that the Kubernetes API did not answer. */
  readonly unreachable?: true;
  /** False when the exit code is no answer by the grammar, a signal ended it, or a limit did. */
  readonly answered: boolean;
}

/** What became of one step: its stages in order, as far as they were started. */
export interface StepOutcome {
  readonly ended: "exited" | "timed_out" | "cancelled";
  readonly stages: readonly StageOutcome[];
  /** The last stage's output: decoded, stripped of control characters, redacted, cut to the byte cap. */
  readonly stdout: string;
  /** Of all stages, each prefixed with its binary. */
  readonly stderr: string;
  readonly truncated: boolean;
  /** Why the step's changes of files were not made; it has no stages then. */
  readonly problem?: string;
  /** Redaction kind → how many were replaced. */
  readonly redactions: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

/** What became of one call of a batch. */
export interface BatchResult {
  readonly tool: string;
  readonly outcome: OutcomeKind;
  readonly code: OutcomeCode;
  readonly commit?: string;
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface Outcome {
  readonly callId: string;
  readonly outcome: OutcomeKind;
  readonly code: OutcomeCode;
  readonly steps: readonly {
    readonly stages: readonly {
      readonly argv: readonly string[];
      readonly exitCode?: number;
      readonly signal?: string;
    }[];
    readonly fileChanges?: readonly Omit<FileChange, "content">[];
  }[];
  /** Of a batch: its calls as far as they came. */
  readonly results?: readonly BatchResult[];
  /** Object id of what the call committed. */
  readonly commit?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly truncated?: boolean;
  readonly redactions?: number;
  readonly durationMs: number;
  /** Id of the call whose run this is the answer of; absent when it is this call's own. */
  readonly cachedFrom?: string;
  readonly decision: {
    readonly effect: "allow" | "deny";
    readonly rules: readonly string[];
    readonly policyRevision: string;
  };
  readonly reasons?: readonly Reason[];
  /** Present with `approval_required`: what a person is asked, and who may answer. */
  readonly approval?: ApprovalAnswer;
  /** Present when a request was approved: the caller who asked passes it as `approval`. */
  readonly grant?: string;
  readonly retryAfterMs?: number;
}
