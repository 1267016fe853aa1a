// The reads that pre-flight asks for, by the way of own-read.ts, in a slot or out of the answers that calls share.
import { liveObject, restsOnObjects } from "../command/live-objects.ts";
import { restsOnWorkTree, withObserved } from "../command/observe.ts";
import type { Draft, Plan } from "../domain/command.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Looked, Lookout } from "../domain/preflight.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { outcomeCodes } from "../errors.ts";
import { nothingKnown } from "./objects.ts";
import { asObserved, type ObservePorts } from "./observe.ts";
import { endOutcome } from "./outcomes.ts";
import { judgeOwnRead, type Looking } from "./own-read.ts";
import type { GatePorts } from "./ports.ts";
import { inSlot, type Turn } from "./queue.ts";
import { type Run, runPlan } from "./run-plan.ts";
import { sharedForMs, sharedRead } from "./shared-read.ts";
import { isStop, type Stop } from "./stops.ts";

export type LookoutPorts = ObservePorts & Pick<GatePorts, "reads">;

export interface Ahead extends Looking {
  /** The plan whose changes are looked at, as it was judged. */
  readonly plan: Plan;
}

/** How old the answer of another dry run may be, milliseconds; a change through this server forgets it. */
const dryRunTtlMs = 2000;

const notLooked = (why: string): Looked => ({ ok: false, why });

export const createLookout = (ports: LookoutPorts, ahead: Ahead): Lookout => ({
  run: (draft) => look(ports, ahead, draft),
  ownerOf: (printed) => {
    const seen = liveObject(printed, "", ports.settings);
    return typeof seen === "string" ? "" : seen.owner;
  },
});

async function look(ports: LookoutPorts, ahead: Ahead, draft: Draft): Promise<Looked> {
  const read = await judgeOwnRead(ports, ahead, draft, (plan) => withFacts(ports, ahead, plan));
  if (!read.ok) return notLooked(read.why);
  const { asked } = ahead;
  return lookedOf(await run(ports, asked, { ...read.work, principal: asked.principal }));
}

/** A dry run rests on what its change was judged by; another read of the work tree on what is there now. */
async function withFacts(ports: LookoutPorts, { plan, asked, signal }: Ahead, read: Plan): Promise<Plan | string> {
  if (restsOnObjects(read)) return withObserved(read, plan.observed ?? nothingKnown);
  if (!restsOnWorkTree(read)) return read;
  if (plan.observed !== undefined) return withObserved(read, plan.observed);
  const seen = await ports.workTree?.observe(read, asked.principal, signal);
  if (seen === undefined) return "there is no work tree";
  return seen.ok ? withObserved(read, seen.observed) : seen.message;
}

async function run(ports: LookoutPorts, asked: ToolCall, work: Omit<Run, "started"> & Turn): Promise<Outcome | Stop> {
  const { plan, decision, dossier, observer, signal } = work;
  const isDryRun = plan.dryRun && !restsOnWorkTree(plan);
  const ttlMs = isDryRun ? dryRunTtlMs : sharedForMs(work);
  if (ttlMs !== undefined) return sharedRead(ports, work, ttlMs);
  return inSlot(ports, work, (started) =>
    asObserved(ports, { plan, asked, observer, signal }, async (held) => {
      const end = await runPlan(ports, { ...work, started, ...(held === undefined ? {} : { held }) });
      return endOutcome(plan, decision, end, dossier.facts());
    }),
  );
}

/** Cut answers are none: half an object would show differences that are not there. */
function lookedOf(ended: Outcome | Stop): Looked {
  if (isStop(ended)) return notLooked(ended.message);
  const { code, stdout = "", stderr = "", truncated = false } = ended;
  if (truncated) return notLooked("the answer is too large");
  if (code !== "ok" && code !== "exited") return notLooked(ended.reasons?.[0]?.message ?? outcomeCodes[code].meaning);
  return { ok: true, answered: code === "ok", stdout, stderr };
}
