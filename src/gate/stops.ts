// Why an allowed call ends before anything of it started. Pure values: the gate records them and answers with them.
import type { ApprovalAnswer } from "../domain/approval.ts";
import type { Plan } from "../domain/command.ts";
import type { Reason } from "../domain/decision.ts";
import type { Execution } from "../domain/ports.ts";
import type { OutcomeCode } from "../errors.ts";
import { commandsOf, wouldMark } from "./reach.ts";

type StopCode = Extract<
  OutcomeCode,
  | "approval_required"
  | "approval_unavailable"
  | "grant_invalid"
  | "binary_unavailable"
  | "busy"
  | "rate_limited"
  | "cancelled"
  | "audit_unavailable"
  | "state_changed"
  | "preflight_failed"
  | "timed_out"
>;

export interface Stop {
  readonly kind: "stop";
  readonly code: StopCode;
  readonly message: string;
  /** When there may be room again. */
  readonly retryAfterMs?: number;
  /** Where the code alone says too little: `approval/expired`. */
  readonly rule?: string;
  readonly try?: string;
  /** With `approval_required`: what a person is asked. */
  readonly approval?: ApprovalAnswer;
  /** What is told instead of the message, where rules say more. */
  readonly reasons?: readonly Reason[];
}

const messages: Readonly<Record<StopCode, string>> = {
  approval_required: "A person has to approve this; nothing ran.",
  approval_unavailable: "The ledger of approvals did not answer; nothing ran.",
  grant_invalid: "The approval that came with this call does not hold; nothing ran.",
  binary_unavailable: "A binary that this needs is not available; nothing ran.",
  busy: "All slots and all places in the queue are taken; nothing ran. Try again shortly.",
  rate_limited: "What the site allows in this time is used up; nothing ran.",
  cancelled: "The caller cancelled or went away before anything ran.",
  state_changed: "What the judgement rested on has changed since; nothing ran. Look again, then call again.",
  timed_out: "The time for the whole batch is used up; this step did not start.",
  preflight_failed: "A look ahead shows that it would fail; nothing ran.",
  audit_unavailable: "The audit record could not be made durable, so nothing ran.",
};

export const stop = (code: StopCode, message: string = messages[code], retryAfterMs?: number): Stop => ({
  kind: "stop",
  code,
  message,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

export const isStop = (value: object): value is Stop => "kind" in value && value.kind === "stop";

/** Who went away while waiting is told that; whatever else was thrown is a fault. */
export const stopOf =
  (signal: AbortSignal) =>
  (error: unknown): Stop => {
    if (signal.aborted && error === signal.reason) return stop("cancelled");
    throw error;
  };

/** The first binary that is to be started and that this server does not have, in words. */
export function missingBinary(execution: Execution, plan: Plan): Stop | undefined {
  if (nothingToRun(plan)) return undefined;
  for (const { binary } of commandsOf(plan)) {
    const availability = execution.availability(binary);
    if (!availability.available)
      return stop("binary_unavailable", `${binary} is not available: ${availability.reason}`);
  }
  return undefined;
}

/** Server actions, and dry runs of verbs that have no dry run of their own, are answered without a process. */
export const nothingToRun = (plan: Plan): boolean => plan.action === "server" || (plan.dryRun && wouldMark(plan));
