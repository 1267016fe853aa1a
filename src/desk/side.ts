// One policy with one site data, as the desk asks it: the server's own judge for calls, and the same module for inputs that
// exist already. Opened by the subcommands of `ai-sre policy`; starts nothing and writes nothing.
import { openPolicy } from "../compose/policy.ts";
import type { Config } from "../config/config.ts";
import type { ParseSettings } from "../domain/command.ts";
import { type Assumption } from "../gate/assume.ts";
import type { Judgement } from "../gate/judge.ts";
import { judgeWhole, type WholeJudgement } from "../gate/judge-inner.ts";
import { createInquiry, type Inquiry } from "../policy/inquiry.ts";
import type { Policy } from "../policy/pdp.ts";
import { type SiteData, toPolicyData } from "../policy/site-data.ts";
import { type Asked, toCall, toObserved } from "./asked.ts";

export interface Side {
  readonly folder: string;
  readonly policy: Policy;
  readonly settings: ParseSettings;
  readonly inquiry: Inquiry;
  /** The same with other site data laid over it, as a decision table has its own. */
  inquiryOver(site: Readonly<Record<string, unknown>>): Inquiry;
  /** Rungs 1, 2 and 4 of the server's ladder, with facts that the call says or that are assumed. */
  judge(asked: Asked): Judgement;
  /** The same, with what each call in it comes to. */
  judgeWhole(asked: Asked): WholeJudgement;
}

/** Noon of a fixed day: a verdict must not depend on when it is asked. */
const noon = { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => performance.now() };

/** @throws StartError `policy_missing` or `invalid_configuration` */
export async function openSide(config: Config["policy"], serverUrl: string): Promise<Side> {
  const { policy, settings } = await openPolicy(config, { clock: noon });
  const { bundle } = policy;
  const site = toPolicyData(policy.siteData);
  const repository = settings.git?.repository;
  const assumed: Assumption = { serverUrl, ...(repository === undefined ? {} : { repository }) };
  const whole = (asked: Asked): WholeJudgement =>
    judgeWhole(toCall(asked), policy, settings, toObserved(asked, assumed));
  return {
    folder: config.folder,
    policy,
    settings,
    inquiry: createInquiry(bundle, site),
    inquiryOver: (over) => createInquiry(bundle, { ...site, ...over }),
    judge: (asked) => whole(asked).judgement,
    judgeWhole: whole,
  };
}

/** The stricter of two modes: a brake that is on stays on. */
export const stricterMode = (one: SiteData["mode"], other: SiteData["mode"]): SiteData["mode"] =>
  strictness.indexOf(one) > strictness.indexOf(other) ? one : other;

const strictness: readonly SiteData["mode"][] = ["normal", "read_only", "frozen"];
