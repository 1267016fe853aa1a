// Runs `opa test` over a staged policy: which tests fail, and which lines none of them reaches. Called by `ai-sre policy test`
// and by `make policy`.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { opaProblems, type Problem } from "./problem.ts";
import type { Program } from "./program.ts";

/** A decision table is one test to opa, whose own limit of 5 s a long table passes on a busy machine. */
const patience = ["--timeout", "600s"];

export interface RegoTests {
  readonly passed: number;
  readonly failures: readonly Problem[];
  /** Per cent of the policy's lines that the tests reach; absent when some fail. */
  readonly coverage?: number;
  /** The first lines of what no test reaches. */
  readonly uncovered: readonly Pick<Problem, "file" | "line">[];
}

const lines = z.array(z.object({ start: z.object({ row: z.int() }) }));
const coverageSchema = z.object({
  coverage: z.number(),
  files: z.record(z.string(), z.object({ not_covered: lines.optional() })),
});
const testSchema = z.array(
  z.object({
    location: z.object({ file: z.string(), row: z.int() }),
    package: z.string(),
    name: z.string(),
    fail: z.boolean().optional(),
    error: z.unknown().optional(),
    skip: z.boolean().optional(),
    sub_results: z.record(z.string(), z.object({ fail: z.boolean().optional() })).optional(),
  }),
);

export async function testRego(opa: Program, stage: string): Promise<RegoTests> {
  const covered = await opa.run(["test", ...patience, "--coverage", "--format", "json", "-b", "."], stage);
  const measured = covered.ok ? coverageSchema.parse(JSON.parse(covered.stdout)) : undefined;
  if (measured !== undefined) {
    const uncovered = Object.entries(measured.files).flatMap(([file, { not_covered: gaps = [] }]) =>
      gaps.map(({ start }) => ({ file, line: start.row })),
    );
    return { passed: countTests(stage), failures: [], coverage: measured.coverage, uncovered };
  }
  // With a failure there is no coverage, and no JSON.
  const { stdout, stderr } = await opa.run(["test", ...patience, "--format", "json", "-b", "."], stage);
  const ran = testSchema.safeParse(parsed(stdout));
  if (!ran.success) return { passed: 0, failures: opaProblems(stdout.trim() === "" ? stderr : stdout), uncovered: [] };
  const failed = ran.data.filter(({ fail, error }) => fail === true || error !== undefined);
  return {
    passed: ran.data.length - failed.length,
    failures: failed.map(({ location, name, sub_results: rows }) => ({
      file: location.file,
      line: location.row,
      message: `${name} fails${rowsOf(rows)}`,
    })),
    uncovered: [],
  };
}

/** What opa counts where it prints no count: rules of tests, each name once in its package. */
function countTests(stage: string): number {
  const files = readdirSync(stage, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("_test.rego"));
  const named = files.flatMap((name) =>
    [...readFileSync(path.join(stage, name), "utf8").matchAll(/^test_\w+/gm)].map(([rule]) => `${name} ${rule}`),
  );
  return new Set(named).size;
}

/** The rows of a table that fail, by name. */
function rowsOf(rows: Readonly<Record<string, { readonly fail?: boolean | undefined }>> = {}): string {
  const failing = Object.keys(rows).filter((name) => rows[name]?.fail === true);
  return failing.length === 0 ? "" : ` for ${failing.map((name) => `"${name}"`).join(", ")}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
