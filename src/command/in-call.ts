// What only the running call can say, put into the words that were judged: whose call a commit is. Pure; the gate calls it
// before the intent, so that what is recorded is what runs. The plan's digest is of the words before: an approved plan is
// called again under another id.
import type { Command, Plan } from "../domain/command.ts";
import { deepFreeze } from "./freeze.ts";

/** Stands in the rendered argv of every commit. */
export const callTrailer = "AI-SRE-Call: {{call.id}}";
export const callWord = `--trailer=${callTrailer}`;

export interface InCall {
  readonly callId: string;
  /** Id of the principal who approved the plan. */
  readonly approvedBy?: string;
}

/** The plan with the call in it. Only a whole word that the renderer made is replaced, never a part of what a caller wrote. */
export function inCall(plan: Plan, call: InCall): Plan {
  const isMeant = ({ argv }: Command): boolean => argv.includes(callWord);
  if (!plan.steps.some(({ stages }) => stages.some(isMeant))) return plan;
  const steps = plan.steps.map((step) =>
    step.fileChanges === undefined
      ? { ...step, stages: step.stages.map((stage) => (isMeant(stage) ? signed(stage, call) : stage)) }
      : step,
  );
  return deepFreeze({ ...plan, steps });
}

function signed(command: Command, { callId, approvedBy }: InCall): Command {
  const words = [
    `--trailer=AI-SRE-Call: ${oneLine(callId)}`,
    ...(approvedBy === undefined ? [] : [`--trailer=AI-SRE-Approved-By: ${oneLine(approvedBy)}`]),
  ];
  return { ...command, argv: command.argv.flatMap((word) => (word === callWord ? words : [word])) };
}

/** An id that is not one printable line could end the trailer and begin another. */
const oneLine = (id: string): string => id.replaceAll(/[^\x20-\x7e]/g, "?");
