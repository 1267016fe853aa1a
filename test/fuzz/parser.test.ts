// The parser is total: whatever a call holds, the judge answers with a verdict and never throws. Some seconds' worth of cases in
// `make test`; `make fuzz-parser SECONDS=120` goes on with other seeds. A failure prints its seed and the smallest call.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { verdictOf } from "../spellings/corpus.ts";
import { calls } from "./inputs.ts";

const seconds = Number(process.env["AISRE_FUZZ_SECONDS"] ?? 0);
const casesOfOneSeed = 2000;
/** Fixed where a change of ours is tested; the clock's where new inputs are looked for. */
const firstSeed = Number(process.env["AISRE_FUZZ_SEED"] ?? (seconds > 0 ? Date.now() % 1_000_000_000 : 1));

/** How often each verdict came: a fuzz that only meets one of them tests little. */
const seen = new Map<string, number>();

function run(seed: number): string | undefined {
  const report = fc.check(
    fc.property(calls, (call) => {
      const { effect } = verdictOf(call);
      seen.set(effect, (seen.get(effect) ?? 0) + 1);
    }),
    { seed, numRuns: casesOfOneSeed },
  );
  return report.failed
    ? `seed ${seed}: ${fc.stringify(report.counterexample)}\n${String(report.errorInstance)}`
    : undefined;
}

it("answers every call with a verdict", { timeout: (seconds + 120) * 1000 }, () => {
  const until = performance.now() + seconds * 1000;
  let seed = firstSeed;
  let failure = run(seed);
  while (failure === undefined && performance.now() < until) failure = run((seed += 1));
  expect(failure).toBeUndefined();
  if (seconds > 0)
    console.log(
      `${(seed - firstSeed + 1) * casesOfOneSeed} calls, seeds ${firstSeed} to ${seed}:`,
      Object.fromEntries(seen),
    );
  expect(seen.get("allow")).toBeGreaterThan(casesOfOneSeed / 20);
  expect(seen.get("deny")).toBeGreaterThan(casesOfOneSeed / 20);
});
