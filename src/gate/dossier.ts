// The papers of one call: what it is called in the audit, when it began, and every record that is written about it.
import type { Plan } from "../domain/command.ts";
import type { StepOutcome } from "../domain/outcome.ts";
import type { AuditEvent, CallObserver } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { AuditUnavailable, type OutcomeCode } from "../errors.ts";
import { cachedEvent, decisionEvents, envelope, intentEvent, outcomeEvent, stoppedEvent } from "./events.ts";
import type { Judgement } from "./judge.ts";
import { type Circumstances } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import type { Stop } from "./stops.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Every method that writes resolves to whether the record is durable; none rejects for a full disk. */
export interface Dossier {
  facts(): Circumstances;
  judged(judgement: Judgement): Promise<boolean>;
  intent(plan: Plan, stepIndex: number): Promise<boolean>;
  outcome(plan: Plan, stepIndex: number, code: OutcomeCode | "fault", step?: StepOutcome): Promise<boolean>;
  /** Another call's run answered this one; nothing of it started. */
  cached(plan: Plan, steps: readonly StepOutcome[], from: string): Promise<boolean>;
  stopped(plan: Plan, stop: Stop): Promise<boolean>;
  /** A request, or a verdict on one. */
  approval(digest: string, code: OutcomeCode, details: Fields): Promise<boolean>;
  /** Stands in every intent from now on. */
  approvedBy(approval: Fields): void;
  /** The same papers for one call of a batch: its steps are numbered among those of all, under the digest of the whole. */
  within(place: { readonly from: number; readonly digest: string }): Dossier;
}

export function openDossier(
  { audit, clock, policy }: Pick<GatePorts, "audit" | "clock" | "policy">,
  call: ToolCall,
  observer: CallObserver,
): Dossier {
  const startedAt = clock.monotonic();
  const { revision } = policy;
  const base = envelope(call, policy, observer.traceId);
  /** What allowed the call: stands in everything that is recorded after the decision. */
  let allowedBy: Pick<AuditEvent, "rules"> = {};
  let approval: Fields | undefined;
  const facts = () => ({
    callId: call.callId,
    policyRevision: revision,
    durationMs: Math.round(clock.monotonic() - startedAt),
  });
  const append = async (events: readonly AuditEvent[]): Promise<boolean> => {
    try {
      await Promise.all(events.map((event) => audit.append(event)));
      return true;
    } catch (error) {
      if (error instanceof AuditUnavailable) return false;
      throw error;
    }
  };
  const papers = (write: typeof append): Dossier => ({
    facts,
    judged: (judgement) => {
      if (judgement.kind === "judged") {
        const { decision } = judgement;
        if (decision.effect === "allow") allowedBy = { rules: decision.rules };
        for (const { evaluation } of judgement.stages) observer.decided({ evaluation, decision: evaluation.decision });
      }
      return write(decisionEvents(base, call, judgement));
    },
    intent: (plan, stepIndex) => write([intentEvent({ ...base, ...allowedBy }, plan, stepIndex, approval)]),
    outcome: (plan, stepIndex, code, step) =>
      write([outcomeEvent({ ...base, ...allowedBy }, plan, stepIndex, code, step)]),
    cached: (plan, steps, from) => write([cachedEvent({ ...base, ...allowedBy }, plan, steps, from)]),
    stopped: (plan, stop) => write([stoppedEvent({ ...base, ...allowedBy }, plan, stop)]),
    approval: (digest, code, details) => write([{ ...base, kind: "approval", planDigest: digest, code, details }]),
    approvedBy: (given) => {
      approval = given;
    },
    within: ({ from, digest }) =>
      papers((events) =>
        append(
          events.map(({ stepIndex, ...event }) => ({
            ...event,
            planDigest: digest,
            ...(stepIndex === undefined ? {} : { stepIndex: stepIndex + from }),
          })),
        ),
      ),
  });
  return papers(append);
}
