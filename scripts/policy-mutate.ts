// The mutation check: takes one rule, condition or comparison of the Rego away at a time, and fails where no test notices.
// `make check` samples 50, `make policy-mutate` runs all. Without Go it says so and counts as skipped.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { createJudge, type Unchanged, type Verdict } from "./policy-mutant-judge.ts";
import { type Mutant, mutantsOf } from "./policy-mutants.ts";
import { listSources, sha256 } from "../src/desk/sources.ts";
import { createStepList, type StepResult } from "../src/desk/steps.ts";
import { findTool, opaTool } from "./policy-tools.ts";

const root = join(import.meta.dirname, "..");
const policies = join(root, "policies");
const { values: options } = parseArgs({
  options: {
    /** How many to judge; all when it is left out. */
    sample: { type: "string" },
    /** Chooses the sample: the same mutants for the same seed, whatever else changes in the policy. */
    seed: { type: "string", default: "1" },
    /** Judges the mutants of files whose path holds this text. */
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "2" },
  },
});

const steps = createStepList(console.log);
const result = await check();
await steps.run("mutants", () => result);
process.exitCode = steps.finish();

async function check(): Promise<StepResult> {
  const opa = findTool(root, opaTool, console.log);
  if (!opa.ok) return { state: "skipped", note: opa.why };
  const sources = readSources();
  const all = [...sources].flatMap(([file, source]) => mutantsOf(opa.file, policies, file, source));
  const equivalent = z
    .record(z.string(), z.string().min(1))
    .parse(JSON.parse(readFileSync(join(policies, "equivalent-mutants.json"), "utf8")));
  const unknown = Object.keys(equivalent).filter((key) => !all.some((mutant) => mutant.key === key));
  if (unknown.length > 0)
    return { state: "failed", note: `equivalent-mutants.json lists no mutant: ${unknown.join("; ")}` };

  const { seed } = options;
  const asked = all.filter(({ file }) => file.includes(options.only));
  const limit = options.sample === undefined ? asked.length : Number(options.sample);
  const queue =
    options.sample === undefined ? asked : shuffle(asked, seed).filter(({ key }) => equivalent[key] === undefined);
  const verdicts = await judgeAll(opa.file, queue, limit);

  const withVerdict = (verdict: Verdict) =>
    [...verdicts].filter(([, one]) => one === verdict).map(([mutant]) => mutant);
  const survivors = withVerdict("survived").filter(({ key }) => equivalent[key] === undefined);
  const noticed = withVerdict("killed").filter(({ key }) => equivalent[key] !== undefined);
  for (const { file, line, key } of survivors) console.log(`survived: policies/${file}:${line}: ${key}`);
  for (const { key } of noticed) console.log(`not equivalent, a test notices it: ${key}`);
  const killed = withVerdict("killed").length;
  const still = withVerdict("survived").length - survivors.length;
  const counts = `${killed} of ${killed + survivors.length} noticed (${all.length} in all, ${still} equivalent, seed ${seed})`;
  return survivors.length + noticed.length === 0
    ? { state: "passed", note: counts }
    : { state: "failed", note: `${counts}: add a test or a case for each that survived` };
}

/** Judges from the front of the queue until `limit` compiled ones have a verdict; `jobs` at a time, a folder each. */
async function judgeAll(opa: string, queue: readonly Mutant[], limit: number): Promise<ReadonlyMap<Mutant, Verdict>> {
  const verdicts = new Map<Mutant, Verdict>();
  const waiting = [...queue];
  const outcomes: Unchanged = new Map();
  let judged = 0;
  const work = async (): Promise<void> => {
    const scratch = mkdtempSync(join(tmpdir(), "aisre-mutants-"));
    try {
      const judge = createJudge(opa, policies, scratch, outcomes);
      while (judged < limit) {
        const mutant = waiting.shift();
        if (mutant === undefined) return;
        judged += 1;
        const verdict = await judge(mutant);
        if (verdict === "does not compile") judged -= 1;
        verdicts.set(mutant, verdict);
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, work));
  return verdicts;
}

function readSources(): ReadonlyMap<string, string> {
  const files = listSources(policies).filter((file) => file.endsWith(".rego"));
  return new Map(files.map((file) => [file, readFileSync(join(policies, file), "utf8")]));
}

/** The same order for the same seed: by the hash of seed and key. */
function shuffle(mutants: readonly Mutant[], seed: string): readonly Mutant[] {
  const place = new Map(mutants.map((mutant) => [mutant, sha256(`${seed} ${mutant.key}`)]));
  return mutants.toSorted((left, right) => ((place.get(left) ?? "") < (place.get(right) ?? "") ? -1 : 1));
}
