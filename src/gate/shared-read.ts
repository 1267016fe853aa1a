// Rungs 6 to 10 of a read whose answer several calls may share: what another has just run is told again, what another runs is
// waited for. Called by the gate for calls that were judged and recorded; each gets an outcome record of its own.
import type { Outcome } from "../domain/outcome.ts";
import type { ReadQuery } from "../domain/read-cache.ts";
import { endOutcome, stoppedOutcome } from "./outcomes.ts";
import type { GatePorts } from "./ports.ts";
import { inSlot } from "./queue.ts";
import { mayBeShared, reachOf } from "./reach.ts";
import { type Run, type RunEnd, runPlan } from "./run-plan.ts";
import { type Stop, stop, stopOf } from "./stops.ts";

/** Nothing was run: another call has begun meanwhile what this one wants. */
interface LookAgain {
  readonly kind: "look again";
}
const isLookAgain = (value: object): value is LookAgain => "kind" in value && value.kind === "look again";

const goneAway = "The caller went away; others wait for the same answer, so it runs on.";

type Asked = Omit<Run, "started"> & Parameters<typeof inSlot>[1];
type Ports = Pick<GatePorts, "budgets" | "execution" | "reads" | "slots">;

/** How long an answer of another call would do, milliseconds; undefined: policy, the plan or the caller wants one of its own. */
export const sharedForMs = ({ decision, plan }: Pick<Run, "decision" | "plan">): number | undefined =>
  mayBeShared(plan) ? decision.obligations.cacheTtlMs : undefined;

export async function sharedRead(ports: Ports, asked: Asked, ttlMs: number): Promise<Outcome | Stop> {
  const { plan, decision, dossier, observer, recorded } = asked;
  const query = queryOf(asked, ttlMs);
  for (;;) {
    const found = ports.reads.find(query);
    const answer = found instanceof Promise ? await found.catch(stopOf(query.signal)) : found;
    if (answer !== undefined && "kind" in answer) return answer;
    if (answer !== undefined) {
      const { callId, steps } = answer;
      observer.cache(answer.result);
      // One fsync serves the decision and this.
      const durable = await Promise.all([recorded, dossier.cached(plan, steps, callId)]);
      if (durable.includes(false)) return stop("audit_unavailable");
      return endOutcome(plan, decision, { steps }, { ...dossier.facts(), cachedFrom: callId });
    }
    const ended = await led(ports, asked, query);
    if (!isLookAgain(ended)) return ended;
  }
}

/** Takes a slot and runs it for all who ask meanwhile. The run goes on when the caller leaves and others wait. */
async function led(ports: Ports, asked: Asked, query: ReadQuery): Promise<Outcome | Stop | LookAgain> {
  const { plan, decision, dossier, observer } = asked;
  const gone = Promise.withResolvers<Outcome>();
  const running = inSlot(ports, asked, async (started): Promise<Outcome | LookAgain> => {
    const lead = ports.reads.lead(query);
    if (lead === undefined) return { kind: "look again" };
    observer.cache("miss");
    const leaves = () => stoppedOutcome(stop("cancelled", goneAway), plan, decision, dossier.facts());
    void lead.left.then(() => gone.resolve(leaves()));
    const begin = (): void => {
      started();
      lead.started();
    };
    let answer: ReturnType<typeof answerOf>;
    try {
      const end = await runPlan(ports, { ...asked, started: begin, shared: lead.signal });
      answer = answerOf(end);
      return endOutcome(plan, decision, end, dossier.facts());
    } finally {
      lead.end(answer);
    }
  });
  return Promise.race([running, gone.promise]);
}

/** What the run tells others: not that it could not start, nor that everybody had gone. */
const answerOf = ({ steps, code, stop: hindrance }: RunEnd) =>
  hindrance === undefined && code !== "cancelled" ? { steps, kept: code === "ok" } : undefined;

/** The digest covers the argvs; who asks is not in it: whoever may run the same under the same obligations may see the same. */
function queryOf({ plan, decision, dossier, signal }: Asked, ttlMs: number): ReadQuery {
  const { callId, policyRevision } = dossier.facts();
  const key = JSON.stringify([plan.digest, policyRevision, decision.obligations, plan.timeoutMs ?? null]);
  const commands = plan.steps.flatMap(({ stages }) => [...stages]);
  return { key, ttlMs, reach: reachOf(commands), callId, signal };
}
