// The list of steps that building and checking a policy go through: prints one short line each and counts them.
// Called by the policy scripts and by `ai-sre policy lint`; never decides what a step means.

export type StepResult =
  | { readonly state: "passed"; readonly note?: string }
  | { readonly state: "failed"; readonly note: string }
  | { readonly state: "skipped"; readonly note: string };

export interface StepList {
  /** Runs a step, prints its line, and answers whether it passed. A throw is a failure. */
  run(name: string, work: () => StepResult | Promise<StepResult>): Promise<boolean>;
  /** Prints `policy: N passed, N failed, N skipped`; the exit code for the process is 0 or 1. */
  finish(): number;
}

/** Creates an empty list; `print` gets finished lines without newline. */
export function createStepList(print: (line: string) => void): StepList {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    async run(name, work) {
      const result = await attempt(work);
      counts[result.state] += 1;
      print(`${name.padEnd(10)} ${result.state}${result.note === undefined ? "" : `: ${result.note}`}`);
      return result.state === "passed";
    },
    finish() {
      print(`policy: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
      return counts.failed === 0 ? 0 : 1;
    },
  };
}

async function attempt(work: () => StepResult | Promise<StepResult>): Promise<StepResult> {
  try {
    return await work();
  } catch (error) {
    return { state: "failed", note: error instanceof Error ? error.message : String(error) };
  }
}
