// The policy decision point: a bundle with merged site data behind the port that the gate asks. Made by compose.ts.
// One object is one policy with one revision, for as long as somebody holds it: a newer one is made beside it.
import type { Decision, Evaluation, PolicyFaultKind } from "../domain/decision.ts";
import { createMemo } from "../domain/memo.ts";
import type { Clock, PolicyDecisionPoint, Question } from "../domain/ports.ts";
import { StartError } from "../errors.ts";
import { parseVisible } from "./answer.ts";
import { encodeData, type PolicyBundle } from "./bundle.ts";
import { findDeadCanary, secretsCanary } from "./canary.ts";
import { decide, entrypoints, toBytes } from "./decide.ts";
import { createEvaluator } from "./evaluator.ts";
import type { PolicyInput } from "./input.ts";
import { revisionOf } from "./revision.ts";
import { sentTexts } from "./sent-texts.ts";
import { type SiteData, toPolicyData } from "./site-data.ts";
import { toPrincipal } from "./to-input.ts";

export interface PolicyOptions {
  readonly bundle: PolicyBundle;
  readonly siteData: SiteData;
  readonly clock: Clock;
  /** Hears of every evaluation that gave no answer. */
  readonly onFault: (kind: PolicyFaultKind) => void;
  /** Kinds of credentials that the texts hold (redaction's patterns). */
  readonly credentials: (texts: readonly string[]) => readonly string[];
  /** Hears of every judgement, after it was made. */
  readonly onDecided?: ((question: Question, evaluation: Evaluation) => void) | undefined;
  /** Asked at every judgement: the cluster's id is learnt after the start. */
  readonly context: () => Pick<PolicyInput["site"], "context" | "cluster_id">;
}

export interface Policy extends PolicyDecisionPoint {
  readonly siteData: SiteData;
  readonly bundle: PolicyBundle;
}

/** Principals whose tools are remembered; the configuration names far fewer. */
const maxVisibleSets = 256;

/** Answers that are remembered, and the longest question of one: 1 MB in all. */
const maxDecisions = 128;
const maxInputChars = 4096;

/** Creates the decision point. Throws StartError `policy_missing` when the bundle does not judge with this site data. */
export function createPolicy(options: PolicyOptions): Policy {
  const { bundle, siteData, clock, onFault, onDecided, context } = options;
  const { evaluator, revision } = load(options);
  const credentialsOf = rememberPerCall(options.credentials);
  /** What it answered lately. */
  const decisions = createMemo<Decision>(maxDecisions, maxInputChars);
  /** What each principal sees, asked once. */
  const visibleTo = new Map<string, ReadonlySet<string>>();

  const ask = (question: Question, onFaultOfIt: PolicyOptions["onFault"]): Evaluation => {
    const look = () => ({
      credentials: credentialsOf(question),
      site: {
        ...context(),
        mode: siteData.mode,
        hour_utc: new Date(clock.now()).getUTCHours(),
        recent_changes: 0,
      },
    });
    return decide(question, look, { evaluator, decisions, clock, onFault: onFaultOfIt });
  };

  return {
    bundle,
    siteData,
    revision,
    ...(bundle.release === undefined ? {} : { keyId: bundle.release.keyId }),
    decide(question) {
      const evaluation = ask(question, onFault);
      onDecided?.(question, evaluation);
      return evaluation;
    },
    probe: (question) => ask(question, () => {}),
    visible(principal) {
      const asked = JSON.stringify({ schema_version: 1, principal: toPrincipal(principal) });
      const held = visibleTo.get(asked);
      if (held !== undefined) return held;
      const bytes = toBytes(asked);
      const result = bytes === undefined ? undefined : evaluator.evaluate(entrypoints.visible, bytes);
      const names = result?.ok === true ? parseVisible(result.value) : undefined;
      if (names !== undefined) {
        if (visibleTo.size < maxVisibleSets) visibleTo.set(asked, names);
        return names;
      }
      onFault(result === undefined ? "input" : result.ok ? "odd_shape" : result.fault);
      return new Set();
    },
  };
}

/** An instance over the merged data that has been warmed and denies what every policy must deny. */
function load({ bundle, siteData }: Pick<PolicyOptions, "bundle" | "siteData">) {
  const data = { ...bundle.data, site: toPolicyData(siteData) };
  try {
    const evaluator = createEvaluator(bundle.module, encodeData(data));
    const dead = findDeadCanary(evaluator, [secretsCanary]);
    if (dead !== undefined) throw new Error(dead);
    return { evaluator, revision: revisionOf(bundle.wasmSha256, data) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError("policy_missing", `the policy does not judge with this site data: ${why}`, { cause: error });
  }
}

/**
 * The stages of one pipeline, and the files of one change, share their texts: they are searched once, by the stage that also has
 * the standard input. They are asked one after the other, so the last ones are all that has to be remembered.
 */
function rememberPerCall(search: PolicyOptions["credentials"]): (question: Question) => readonly string[] {
  // By call too: two calls may share a plan, and say different things in arguments that do not show in it.
  let last: { readonly call: object; readonly texts: object; readonly kinds: readonly string[] } | undefined;
  return (question) => {
    if (question.kind === "server" || question.kind === "approve") return search(sentTexts(question));
    const { call } = question;
    const texts = question.kind === "command" ? question.stages : call;
    const hasStdin = question.kind === "command" && question.stdin !== undefined;
    const held = !hasStdin && last?.call === call && last.texts === texts ? last.kinds : undefined;
    const kinds = held ?? search(sentTexts(question));
    last = { call, texts, kinds };
    return kinds;
  };
}
