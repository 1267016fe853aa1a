// The decision records of one call, found in audit files and explained: what was asked is in them word for word, so the policy
// at hand can be asked the same again, and beside it stands what was decided then.
import type { PlacedRecord } from "../audit/read-records.ts";
import type { Decision } from "../domain/decision.ts";
import { type PolicyInput, policyInputSchema } from "../policy/input.ts";
import { annotationsOf } from "./annotations.ts";
import { type Asked, askedSchema } from "./asked.ts";
import { changesOf, explainInput, policyOf } from "./explain.ts";
import { toCommandLine } from "./quote.ts";
import type { Side } from "./side.ts";
import { whyUnasked } from "./subjects.ts";
import { findSmallestChange } from "./smallest-change.ts";

export type RecordExplanation = ReturnType<typeof explainRecords>;

/** `records`: every decision record of one call, at least one. */
export function explainRecords(side: Side, records: readonly PlacedRecord[]) {
  const annotations = annotationsOf(side.folder);
  const stages = records.map(({ file, line, record }) => {
    const recorded = {
      effect: record.effect,
      code: record.code,
      rules: record.rules ?? [],
      reasons: record.reasons ?? [],
      policy_revision: record.policy_revision,
    };
    const place = { file, line, time: record.time, step: record.step_index ?? 0, stage: record.stage_index ?? 0 };
    if (record.input === undefined) return { ...place, recorded, considered: [], unasked: whyUnasked(record) };
    const input = JSON.stringify(record.input);
    const answer = side.inquiry.decide(input);
    const decision = answer.ok ? answer.value : unanswered;
    return { ...place, recorded, ...explainInput(side, annotations, input, decision) };
  });
  const [first] = records;
  const asked = askedAgain(records);
  const judgement = asked === undefined ? undefined : side.judge(asked);
  const search =
    asked === undefined || judgement === undefined || judgement.code === "ok"
      ? undefined
      : findSmallestChange(side, asked, judgement);
  return {
    call_id: first?.record.call_id,
    tool: first?.record.tool,
    principal: first?.record.principal,
    policy: policyOf(side),
    stages,
    ...(search === undefined ? {} : { smallest_change: changesOf(search) }),
  };
}

const unanswered: Decision = {
  effect: "deny",
  reasons: [{ rule: "server/policy-unavailable", message: "policy gave no answer" }],
};

/** The recorded commands as one call, for the search; nothing where standard input or files belong to it. */
function askedAgain(records: readonly PlacedRecord[]): Asked | undefined {
  const inputs = records.map(({ record: { input } }) => policyInputSchema.safeParse(input).data);
  const [first] = inputs;
  const commands = inputs.map((input) => input?.command);
  if (first === undefined || first.step.length > 1) return undefined;
  if (!commands.every((one) => one !== undefined && one.stdin.from !== "caller")) return undefined;
  const command = toCommandLine(commands.map((one) => one?.argv ?? []));
  return askedSchema.parse({
    tool: "cli_tool",
    arguments: { command },
    principal: { id: first.principal.id, roles: first.principal.roles },
    observed: observedOf(first),
  });
}

const observedOf = ({ observed, command }: PolicyInput) => ({
  ...(observed.repository === undefined ? {} : { repository: observed.repository }),
  ...(command?.git === undefined ? {} : { changed_paths: command.git.changed_paths }),
});
