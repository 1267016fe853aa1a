// What a policy says of one subject, in the form in which two policies are compared. Calls go through the server's judge;
// inputs that exist already are asked word for word, but for the mode, which site data may only make stricter.
import * as z from "zod";
import type { PlanDecision } from "../domain/decision.ts";
import { mergeDecisions } from "../domain/merge-decisions.ts";
import type { PolicyInput } from "../policy/input.ts";
import type { Inquiry } from "../policy/inquiry.ts";
import type { SiteData } from "../policy/site-data.ts";
import { type Side, stricterMode } from "./side.ts";
import { sorted, type Subject } from "./subjects.ts";
import { obligationsOf } from "./verdict.ts";

export interface Ruling {
  readonly effect: "allow" | "deny";
  /** The rules that decided, sorted; of a refusal before policy the server's own. */
  readonly rules: readonly string[];
  /** Roles of which a person must hold one; absent when nobody is asked. */
  readonly approval?: readonly string[];
  /** The other obligations as JSON text; absent for a denial. */
  readonly bounds?: string;
  readonly messages: readonly string[];
}

/** Asks one side about one subject. Inquiries over tables' own site data are made once. */
export function createRuler(side: Side): (subject: Subject) => Ruling {
  const inquiries = new Map<string, Inquiry>();
  const inquiryOver = (site: Readonly<Record<string, unknown>>): Inquiry => {
    const key = JSON.stringify(site);
    const held = inquiries.get(key) ?? (key === "{}" ? side.inquiry : side.inquiryOver(site));
    inquiries.set(key, held);
    return held;
  };
  const { mode } = side.policy.siteData;
  return (subject) => {
    if (subject.kind === "call") {
      const judgement = side.judge(subject.asked);
      return judgement.kind === "refused"
        ? { effect: "deny", rules: [judgement.reason.rule], messages: [judgement.reason.message] }
        : toRuling(judgement.decision);
    }
    const { inquiry, inputs } =
      subject.kind === "case"
        ? { inquiry: inquiryOver(subject.site), inputs: [subject.input] }
        : { inquiry: side.inquiry, inputs: subject.inputs };
    const parts = inputs.map((input, stage) => {
      const answer = inquiry.decide(withMode(input, mode));
      return { stage, argv: [], decision: answer.ok ? answer.value : unanswered(answer.fault) };
    });
    return toRuling(mergeDecisions(parts));
  };
}

const unanswered = (fault: string) => ({
  effect: "deny" as const,
  reasons: [{ rule: "server/policy-unavailable", message: `policy gave no answer (${fault})` }],
});

/** The input as it would be asked under a brake that is on now. */
function withMode(input: string, mode: SiteData["mode"]): string {
  if (mode === "normal") return input;
  const value: PolicyInput = JSON.parse(input);
  const stricter = stricterMode(value.site.mode, mode);
  return stricter === value.site.mode ? input : JSON.stringify({ ...value, site: { ...value.site, mode: stricter } });
}

function toRuling(decision: PlanDecision): Ruling {
  if (decision.effect === "deny") {
    const { reasons } = decision;
    const rules = sorted(reasons.map(({ rule }) => rule));
    return { effect: "deny", rules, messages: sorted(reasons.map(({ message }) => message)) };
  }
  const { approval, ...bounds } = obligationsOf(decision.obligations);
  return {
    effect: "allow",
    rules: sorted(decision.rules),
    ...(approval === undefined ? {} : { approval: approval.roles }),
    bounds: JSON.stringify({ ...bounds, sandboxes: decision.sandboxes }),
    messages: [],
  };
}

const lineSchema = z.object({ command: z.string().optional(), argv: z.array(z.string()).optional() });

/** What a subject is about, on one line. */
export function describeSubject(subject: Subject): string {
  if (subject.kind === "call") {
    const { tool, arguments: own } = subject.asked;
    const line = lineSchema.safeParse(own).data;
    return line?.command ?? line?.argv?.join(" ") ?? `${tool} ${JSON.stringify(own ?? {})}`;
  }
  const inputs = subject.kind === "case" ? [subject.input] : subject.inputs;
  return inputs.map(describeInput).join(" | ");
}

function describeInput(text: string): string {
  const { command, file_change: file, call }: Partial<PolicyInput> = JSON.parse(text);
  if (command?.argv !== undefined) return command.argv.join(" ");
  return file?.path === undefined ? (call?.tool ?? "an input") : `${file.operation} ${file.path}`;
}
