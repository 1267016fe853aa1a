// One test per binary: what it did is what the model says, for argvs that are generated. AISRE_FUZZ_CASES is the number over all
// binaries, AISRE_FUZZ_SEED repeats a run. A binary that is not installed is skipped.
import { describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { locate } from "../command/installed.ts";
import type { Adapter } from "./adapter.ts";
import { runCases } from "./run-cases.ts";
import { targetsOf } from "./generate.ts";

const asked = Number(process.env["AISRE_FUZZ_CASES"] ?? 0);
const seed = Number(process.env["AISRE_FUZZ_SEED"] ?? 1);
const lanes = 2;
/** All shares together. */
const allShares = 1450;

/** As many as asked for by share, and never fewer than every verb and flag once. */
const casesOf = ({ grammar, share }: Adapter): number =>
  Math.max(targetsOf(grammar).length, Math.ceil((Math.max(asked, 500) * share) / allShares));

export function compareWithModel(adapter: Adapter): void {
  const { name } = adapter.grammar.spec;
  const file = locate(adapter.grammar);
  const cases = casesOf(adapter);
  describe.skipIf(file === undefined)(`the real ${name}`, () => {
    it("does what the model says of it", { timeout: 120_000 + cases * 2000 }, async () => {
      const tally = await runCases(adapter, file ?? "", { cases, seed, lanes });
      if (asked > 0)
        console.info(
          `${name}: seed ${seed}, ${tally.compared} of ${cases} cases compared, ${tally.acted} acted, ${tally.drawn} drawn`,
        );
      expect(tally.disagreements, `seed ${seed}`).toEqual([]);
      expect(tally.missed, "verbs and flags without a case").toEqual([]);
      expect(tally.compared).toBeGreaterThan(cases * 0.8);
      // What a binary refuses, it does not do; too much of that would show nothing.
      expect(tally.acted).toBeGreaterThan(Math.floor(tally.compared * 0.2));
    });
  });
}

export function grammarOf(name: string) {
  const grammar = grammars.get(name);
  if (grammar === undefined) throw new Error(`no grammar ${name}`);
  return grammar;
}
