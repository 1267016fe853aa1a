// Runs `opa test` with coverage over a staged policy. Called by policy-build.ts.
import * as z from "zod";
import { runOpa } from "./policy-opa.ts";
import type { StepResult } from "./policy-steps.ts";

/** The tables are one test to opa, and its five seconds are few for all their rows on a busy machine. */
const timeout = ["--timeout", "120s"];

/** Per cent of the policy's lines that the tests must reach. */
const coverageThreshold = 95;

const lines = z.array(z.object({ start: z.object({ row: z.int() }) }));
const coverage = z.object({
  coverage: z.number(),
  files: z.record(z.string(), z.object({ not_covered: lines.optional() })),
});

/** Fails with the failing tests' names, or with the lines that no test reaches. */
export function testPolicy(opa: string, stage: string): StepResult {
  const printed = runOpa(opa, ["test", ...timeout, "-b", "."], stage);
  const measured = coverage.parse(
    JSON.parse(runOpa(opa, ["test", ...timeout, "--coverage", "--format", "json", "-b", "."], stage)),
  );
  const missing = Object.entries(measured.files).flatMap(([file, { not_covered: gaps }]) =>
    (gaps ?? []).map(({ start }) => `${file}:${start.row}`),
  );
  if (measured.coverage < coverageThreshold) {
    return {
      state: "failed",
      note: `coverage ${measured.coverage} % is below ${coverageThreshold} %: ${missing.join(" ")}`,
    };
  }
  const passed = /PASS: (\d+\/\d+)/.exec(printed)?.[1] ?? printed.trim();
  return { state: "passed", note: `${passed} tests, coverage ${measured.coverage.toFixed(1)} %` };
}
