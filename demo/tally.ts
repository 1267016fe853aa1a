// Counts what was checked; ends in the one line that .ci/run adds up. Used by demo.ts.

export interface Tally {
  readonly failed: number;
  /** True when every planned check was made. */
  readonly isComplete: boolean;
  /** `demo: 14 passed, 0 failed, 0 skipped`; what was never reached counts as skipped. */
  readonly summary: string;
  /** One check: it passed when there are no problems. */
  check(problems: readonly string[]): boolean;
}

export function createTally(planned: number, onProblem: (text: string) => void): Tally {
  let passed = 0;
  let failed = 0;
  return {
    get failed() {
      return failed;
    },
    get isComplete() {
      return passed + failed >= planned;
    },
    get summary() {
      return `demo: ${passed} passed, ${failed} failed, ${Math.max(0, planned - passed - failed)} skipped`;
    },
    check: (problems) => {
      for (const problem of problems) onProblem(problem);
      if (problems.length === 0) passed += 1;
      else failed += 1;
      return problems.length === 0;
    },
  };
}
