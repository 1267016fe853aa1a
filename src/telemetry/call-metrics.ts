// Counts and times of tool calls. Part of metrics.ts.
import { Counter, Histogram, type Registry } from "prom-client";
import { approvalProblems, type ApprovalState } from "../domain/approval.ts";
import type { CacheResult } from "../domain/ports.ts";
import type { OutcomeKind } from "../errors.ts";

const cacheResults: readonly CacheResult[] = ["hit", "shared", "miss", "fresh"];
const approvalStates: readonly ApprovalState[] = ["requested", "approved", "declined", "used", ...approvalProblems];
/** From an answer out of policy to the longest command, seconds. */
const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createCallMetrics(registry: Registry) {
  const registers = [registry];
  const calls = new Counter({
    name: "aisre_tool_calls_total",
    help: "Tool calls that ended, by tool and outcome.",
    labelNames: ["tool", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "aisre_tool_call_duration_seconds",
    help: "Time from a tool call's arrival to its answer.",
    labelNames: ["tool"],
    buckets: callBuckets,
    registers,
  });
  const limited = new Counter({
    name: "aisre_rate_limited_total",
    help: "Calls that were told to come back later, by the rate limit or the change budget.",
    registers,
  });
  const cache = new Counter({
    name: "aisre_cache_requests_total",
    help: "Reads that another call may answer, by whether one did.",
    labelNames: ["result"],
    registers,
  });
  const approvals = new Counter({
    name: "aisre_approvals_total",
    help: "Requests for approval, verdicts, grants that were used, and tokens that were refused, by what became of them.",
    labelNames: ["state"],
    registers,
  });
  for (const state of approvalStates) approvals.inc({ state }, 0);
  for (const result of cacheResults) cache.inc({ result }, 0);
  return {
    /** Counts a read that may be answered by another call. */
    cacheAsked: (result: CacheResult): void => cache.inc({ result }),
    approval: (state: ApprovalState): void => approvals.inc({ state }),
    /** Counts a call that the rate limit or the change budget held back. */
    rateLimited: (): void => limited.inc(),
    /** Counts one ended call; `durationMs` is the gate's own measure. */
    callEnded: (tool: string, outcome: OutcomeKind, durationMs: number): void => {
      calls.inc({ tool, outcome });
      duration.observe({ tool }, durationMs / 1000);
    },
    /** Counts a call that a fault of our own ended. */
    callFaulted: (tool: string): void => calls.inc({ tool, outcome: "fault" }),
  };
}
