// A call that must not start anything, with its outcome and records; and policies that answer what a test wants.
import { expect } from "vitest";
import type { Evaluation } from "../../src/domain/decision.ts";
import { toParseSettings } from "../../src/policy/site-data.ts";
import { scriptedPolicy } from "../policy/setup.ts";
import { type GateOptions, never, openGate, type Replace, toCall } from "./setup.ts";

/** Calls, holds that nothing started, and answers the outcome with [kind, code, effect] of every record. */
export async function refused(tool: string, raw: unknown, options: GateOptions = {}) {
  const opened = openGate(options);
  const outcome = await opened.gate.call(toCall(tool, raw), never());
  expect(opened.starts()).toEqual([]);
  expect(opened.heard.executed).toEqual([]);
  const records = opened.records().map(({ kind, code, effect }) => [kind, code, effect]);
  return { ...opened, outcome, records };
}

/** The gate before a policy that answers what the test says; the real rooms otherwise. */
export function scripted(answers: Readonly<Record<string, unknown>>): GateOptions {
  const { policy } = scriptedPolicy(answers);
  return { replace: () => ({ policy, settings: toParseSettings(policy.siteData) }) };
}

/** The real policy, whose answer about the second stage is another one. */
export function changedInSecondStage(change: (evaluation: Evaluation) => Evaluation): Replace {
  return ({ policy }) => ({
    policy: {
      ...policy,
      decide: (question) => {
        const evaluation = policy.decide(question);
        return question.kind === "command" && question.stageIndex === 1 ? change(evaluation) : evaluation;
      },
    },
  });
}

export const obligations = { timeout_ms: 1000, max_output_bytes: 1024, redact: ["credentials"], sandbox: "text" };
