// Asks a policy what the audit recorded, word for word, and compares with what was decided then. Called by
// `ai-sre policy replay`.
import { type Comparison, createComparer } from "./comparison.ts";
import { createRuler, describeSubject, type Ruling } from "./ruling.ts";
import type { Side } from "./side.ts";
import { readSubjects, type RecordedSubject } from "./subjects.ts";

export interface Replay extends Comparison {
  readonly calls: number;
  /** Why some were not asked, and how many. */
  readonly unasked: Readonly<Record<string, number>>;
  readonly first?: string;
  readonly last?: string;
  /** Calls decided otherwise than this very revision decides: the record or the policy is not what it says. */
  readonly contradicted: readonly string[];
}

export async function replay(side: Side, files: readonly string[]): Promise<Replay> {
  const ask = createRuler(side);
  const comparer = createComparer();
  const unasked = new Map<string, number>();
  const contradicted: string[] = [];
  const times: string[] = [];
  let calls = 0;
  for await (const subject of readSubjects(files)) {
    if (subject.kind !== "recorded" && !("recorded" in subject)) {
      count(unasked, "is no audit record");
      continue;
    }
    calls += 1;
    if (subject.kind === "unasked") {
      count(unasked, subject.why);
      continue;
    }
    const after = ask(subject);
    const { name, past } = subject;
    comparer.add({ name, what: () => describeSubject(subject) }, recordedRuling(subject, after), after);
    if (past.revision === side.policy.revision && past.effect !== after.effect) contradicted.push(name);
    times.splice(1, 1, past.time);
    if (times.length === 1) times.push(past.time);
  }
  const [first, last] = times;
  return {
    ...comparer.result(),
    calls,
    unasked: Object.fromEntries(unasked),
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    contradicted,
  };
}

const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** A record names its rules and no obligations: as far as these go, nothing has changed. */
const recordedRuling = ({ past }: RecordedSubject, { approval, bounds }: Ruling): Ruling => ({
  effect: past.effect,
  rules: past.rules,
  messages: [],
  ...(past.effect === "deny" || approval === undefined ? {} : { approval }),
  ...(past.effect === "deny" || bounds === undefined ? {} : { bounds }),
});
