// Runs `opa test` with coverage over a staged policy. Called by policy-build.ts.
import * as z from "zod";
import { runTool } from "./policy-tools.ts";
import type { StepResult } from "./policy-steps.ts";

/** Per cent of the policy's lines that the tests must reach. */
const coverageThreshold = 95;

/** A decision table is one test to opa, whose own limit of 5 s a long table passes on a busy machine. */
const patience = ["--timeout", "600s"];

const lines = z.array(z.object({ start: z.object({ row: z.int() }) }));
const coverage = z.object({
  coverage: z.number(),
  files: z.record(z.string(), z.object({ not_covered: lines.optional() })),
});

/** Fails with the failing tests' names, or with the lines that no test reaches. */
export function testPolicy(opa: string, stage: string): StepResult {
  const measured = coverage.parse(
    JSON.parse(runTool(opa, ["test", ...patience, "--coverage", "--format", "json", "-b", "."], stage)),
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
  return { state: "passed", note: `coverage ${measured.coverage.toFixed(1)} %` };
}
