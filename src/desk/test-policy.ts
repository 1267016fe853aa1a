// The tests of a policy in one report: decision tables and rule examples through the WASM that the server would load, opa's
// own tests with their coverage, and the rules that no case fires. Called by `ai-sre policy test`.
import { readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { loadBundle } from "../policy/bundle.ts";
import { createInquiry, type Inquiry } from "../policy/inquiry.ts";
import { type Annotations, annotationsOf } from "./annotations.ts";
import { type Case, placeOfCase } from "./cases.ts";
import type { PolicyFolder } from "./policy-folder.ts";
import type { Problem } from "./problem.ts";
import type { RegoTests } from "./rego-tests.ts";
import { openSide } from "./side.ts";
import { exampleSubjects } from "./subjects.ts";

export interface TestReport {
  readonly cases: number;
  readonly examples: number;
  readonly failures: readonly Problem[];
  /** Rules that speak in no case: nothing would notice if they went. */
  readonly unfired: readonly Problem[];
  readonly rego?: RegoTests;
  /** What could not be done, and why. */
  readonly notes: readonly string[];
}

/** The tables and the examples. `bundle` is a built folder; the cases are those of the sources. */
export async function testTables(
  folder: PolicyFolder,
  bundle: string,
  cases: readonly Case[],
): Promise<Omit<TestReport, "notes">> {
  const annotations = annotationsOf(bundle);
  const tables = judgeCases(folder, bundle, cases);
  const examples = await judgeExamples(folder, bundle, annotations);
  const spoke = tables.spoke;
  return {
    cases: cases.length,
    examples: examples.count,
    failures: [...tables.failures, ...examples.failures],
    unfired: annotations.rules
      .filter(({ id }) => !spoke.has(id))
      .map(({ id, file }) => ({ ...placeOfRule(folder, file, id), message: `no case fires ${id}` })),
  };
}

function judgeCases(folder: PolicyFolder, bundle: string, cases: readonly Case[]) {
  const loaded = loadBundle(bundle);
  const site: object = typeof loaded.data.site === "object" && loaded.data.site !== null ? loaded.data.site : {};
  const inquiries = new Map<string, Inquiry>();
  const inquiryOver = (own: Case["site"]): Inquiry => {
    const key = JSON.stringify(own);
    const held = inquiries.get(key) ?? createInquiry(loaded, { ...site, ...Object(own) });
    inquiries.set(key, held);
    return held;
  };
  const spoke = new Set<string>();
  const failures = cases.flatMap((row): readonly Problem[] => {
    const answer = inquiryOver(row.site).raw(JSON.stringify(row.input));
    const got = answer.ok ? answer.value : { fault: answer.fault };
    for (const rule of rulesIn(got)) spoke.add(rule);
    if (isDeepStrictEqual(got, row.want)) return [];
    const message = `"${row.name}" is decided otherwise${differenceOf(row.want, got)}`;
    return [{ ...placeOfCase(folder.policies, row), message }];
  });
  return { failures, spoke };
}

/** The parts that differ, in the same order on both sides. */
function differenceOf(want: unknown, got: unknown): string {
  const [wanted, found] = [entriesOf(want), entriesOf(got)];
  const names = [...new Set([...wanted.keys(), ...found.keys()])].filter(
    (name) => !isDeepStrictEqual(wanted.get(name), found.get(name)),
  );
  return names
    .map((name) => `\n    want ${name} ${textOf(wanted.get(name))}\n    got  ${name} ${textOf(found.get(name))}`)
    .join("");
}

const entriesOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === "object" && value !== null ? Object.entries(value) : [["decision", value]]);

const textOf = (value: unknown): string =>
  value === undefined
    ? "nothing"
    : JSON.stringify(value, (_key, part: unknown) =>
        typeof part === "object" && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)))
          : part,
      );

/** Every rule that a decision names. */
function rulesIn(decision: unknown): readonly string[] {
  if (typeof decision !== "object" || decision === null) return [];
  const rules: unknown = "rules" in decision ? decision.rules : [];
  const reasons: unknown = "reasons" in decision ? decision.reasons : [];
  const named = Array.isArray(reasons) ? reasons.map((reason: { readonly rule?: unknown }) => reason.rule) : [];
  return [...(Array.isArray(rules) ? rules : []), ...named].filter((rule) => typeof rule === "string");
}

/** The examples are written for the repository o/r at GitHub. */
async function judgeExamples(folder: PolicyFolder, bundle: string, annotations: Annotations) {
  const side = await openSide({ folder: bundle, environmentLayer: { repositories: ["o/r"] } }, "https://github.com");
  const failures: Problem[] = [];
  let count = 0;
  for (const rule of annotations.rules) {
    for (const kind of ["match", "not_match"] as const) {
      const { id, file, examples } = rule;
      const chosen = { match: [], not_match: [], [kind]: examples[kind] };
      for (const { asked } of exampleSubjects({ ...annotations, rules: [{ ...rule, examples: chosen }] })) {
        count += 1;
        const judgement = side.judge(asked);
        const spoke =
          judgement.kind === "refused"
            ? [judgement.reason.rule]
            : judgement.decision.effect === "allow"
              ? judgement.decision.rules
              : judgement.decision.reasons.map((reason) => reason.rule);
        if (judgement.kind === "judged" && spoke.includes(id) === (kind === "match")) continue;
        const words = kind === "match" ? "does not speak about" : "speaks about";
        const message = `${id} ${judgement.kind === "refused" ? "cannot be asked about" : words} its ${kind} example ${JSON.stringify(asked.arguments)}; these do: ${spoke.join(", ")}`;
        failures.push({ ...placeOfRule(folder, file, id), message });
      }
    }
  }
  return { count, failures };
}

/** Where a rule's METADATA names its id. */
export function placeOfRule({ policies }: PolicyFolder, file: string, id: string): Pick<Problem, "file" | "line"> {
  const lines = readFileSync(path.join(policies, file), "utf8").split("\n");
  const at = lines.findIndex((line) => line.replace(/^#\s*/, "").trim() === `id: ${id}`);
  return { file, ...(at < 0 ? {} : { line: at + 1 }) };
}
