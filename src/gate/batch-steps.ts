// The calls of a batch as they are read: which may be steps, and what stands for an id that an earlier step will make. Pure; used
// by batch-plan.ts and batch.ts.
import { createHash } from "node:crypto";
import type { InnerCall, ParseSettings } from "../domain/command.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { aboutOtherCalls } from "../tools/catalog.ts";
import { readCall, type Refused, refused, type Understood } from "./judge.ts";

/** The id of what step N committed, in any text of a later step. */
const reference = /\{\{step\.(\d{1,3})\.commit\}\}/g;
export const referenceTo = (step: number): string => `{{step.${step}.commit}}`;

/** Judged in the place of an id that is not there yet: looks like one, and no object has it. */
export const standInFor = (step: number): string =>
  createHash("sha256")
    .update(`ai-sre/batch ${referenceTo(step)}`)
    .digest("hex")
    .slice(0, 40);

/** Number of a step, from 1 → id of what it committed, or what stands for it. */
export type Commits = ReadonlyMap<number, string>;

/** Rungs 1 and 2 for one step. */
export function readStep(
  call: ToolCall,
  { tool, arguments: raw }: InnerCall,
  step: number,
  commits: Commits,
  settings: ParseSettings,
): Refused | Understood {
  if (aboutOtherCalls.has(tool))
    return inStep(step, refused("invalid_arguments", { message: `${tool} is no step.`, token: tool }));
  if (typeof raw === "object" && raw !== null && Object.hasOwn(raw, "approval")) {
    const message = "One approval covers the whole batch: give it to run_batch.";
    return inStep(step, refused("invalid_arguments", { message, token: "approval" }));
  }
  const unknown = new Set<string>();
  const filled = fill(raw, commits, unknown);
  const [first] = unknown;
  if (first !== undefined) {
    const message = "No earlier step of this batch is a git_commit of that number.";
    return inStep(step, refused("invalid_arguments", { message, token: first, try: "{{step.1.commit}}" }));
  }
  const read = readCall({ ...call, tool, arguments: filled }, settings);
  return read.kind === "refused" ? inStep(step, read) : read;
}

/** The reason says which step it is about. */
export const inStep = (step: number, { reason, ...refusal }: Refused): Refused => ({
  ...refusal,
  reason: { ...reason, message: `step ${step}: ${reason.message}` },
});

/** A copy with ids in the place of references; what has none is noted. */
function fill(value: unknown, commits: Commits, unknown: Set<string>): unknown {
  if (typeof value === "string") {
    return value.replaceAll(reference, (text, number: string) => {
      const id = commits.get(Number(number));
      if (id === undefined) unknown.add(text);
      return id ?? text;
    });
  }
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, commits, unknown));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, commits, unknown)]));
}
