// Draws argvs for every verb and flag in turn until the parser understands one, and compares each with the real binary. Seeded,
// so that a run can be repeated; no shrinking, as every step of it would start processes.
import * as fc from "fast-check";
import { read } from "../command/reading.ts";
import type { Adapter, Case, World } from "./adapter.ts";
import { argvsFor, type Generated, nameOf, type Target, targetsOf } from "./generate.ts";

export interface Tally {
  readonly drawn: number;
  readonly compared: number;
  /** Of those compared, what the binary did and did not refuse. */
  readonly acted: number;
  /** `VERB FLAG` that no case exercised. */
  readonly missed: readonly string[];
  readonly disagreements: readonly string[];
}

interface Settings {
  readonly cases: number;
  readonly seed: number;
  /** Worlds side by side. */
  readonly lanes: number;
}

/** Drawn for one case before it is given up. */
const maxDraws = 120;
/** More than these tell nothing new. */
const maxDisagreements = 5;

export async function runCases(adapter: Adapter, file: string, { cases, seed, lanes }: Settings): Promise<Tally> {
  const targets = targetsOf(adapter.grammar);
  const exercised = new Set<string>();
  const disagreements: string[] = [];
  let drawn = 0;
  let compared = 0;
  let acted = 0;
  let next = 0;
  const work = async (world: World) => {
    for (let at = (next += 1) - 1; at < cases; at = (next += 1) - 1) {
      const target = targets[at % targets.length];
      if (target === undefined || disagreements.length >= maxDisagreements) return;
      const found = draw(adapter, target, seed + at * maxDraws);
      drawn += found.draws;
      if (found.one === undefined) continue;
      compared += 1;
      for (const name of found.exercises) exercised.add(name);
      const { differs, acted: did } = await world.compare(found.one);
      acted += did ? 1 : 0;
      if (differs !== undefined) disagreements.push(describe(found.one, differs));
    }
  };
  const worlds = await Promise.all(Array.from({ length: adapter.lanes ?? lanes }, () => adapter.open(file)));
  try {
    await Promise.all(worlds.map(work));
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
  }
  const missed = targets.map(nameOf).filter((name) => !exercised.has(name) && adapter.unreachable?.has(name) !== true);
  return { drawn, compared, acted, missed, disagreements };
}

/** The first argv for the target that is understood and can be compared. */
function draw(adapter: Adapter, target: Target, seed: number) {
  const arbitrary = argvsFor(adapter.grammar, target, adapter.fitting);
  const wanted = nameOf(target);
  for (let draws = 1; draws <= maxDraws; draws += 1) {
    const [generated] = fc.sample(arbitrary, { seed: seed + draws, numRuns: 1 });
    const one = generated === undefined ? undefined : understood(generated);
    if (generated === undefined || one === undefined || !generated.exercises.includes(wanted)) continue;
    if (adapter.skips?.(one) !== true) return { one, draws, exercises: generated.exercises };
  }
  return { one: undefined, draws: maxDraws, exercises: [] };
}

function understood({ argv, stdin }: Generated): Case | undefined {
  const result = read(argv, stdin);
  if (!result.ok) return undefined;
  const [step] = result.plan.steps;
  const [command] = step?.stages ?? [];
  if (step === undefined || command === undefined) throw new Error("a plan without a command");
  return {
    argv,
    command,
    ...(stdin === undefined ? {} : { stdin }),
    ...(step.stdin === undefined ? {} : { renderedStdin: step.stdin }),
  };
}

const describe = ({ argv, stdin, command }: Case, differs: string): string =>
  [
    `caller   ${JSON.stringify(argv)}`,
    `rendered ${JSON.stringify(command.argv)}`,
    ...(stdin === undefined ? [] : [`stdin    ${JSON.stringify(stdin)}`]),
    `differs  ${differs}`,
  ].join("\n");
