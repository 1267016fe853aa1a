// Asks fast-check for an input that breaks a property, so that a test can say `toBeUndefined()` and shows only that input.
import * as fc from "fast-check";
import { isDeepStrictEqual } from "node:util";

/** The smallest input found for which `holds` is false or throws, undefined when none of `runs` inputs is one. */
export function counterexample<Input>(
  inputs: fc.Arbitrary<Input>,
  holds: (input: Input) => boolean,
  runs: number,
): Input | undefined {
  const { counterexample: found } = fc.check(fc.property(inputs, holds), {
    numRuns: runs,
    interruptAfterTimeLimit: 20_000,
  });
  return found?.[0];
}

/** Deep equality that looks at prototypes too: a null-prototype object is not a plain one. */
export const same = (left: unknown, right: unknown): boolean => isDeepStrictEqual(left, right);
