// Asks two policies the same and compares. Called by `ai-sre policy diff` and by the benchmark.
import { existsSync } from "node:fs";
import path from "node:path";
import { annotationsOf } from "./annotations.ts";
import { type Comparison, createComparer } from "./comparison.ts";
import { probesOf, siteChanges } from "./probes.ts";
import { createRuler, describeSubject } from "./ruling.ts";
import type { Side } from "./side.ts";
import { exampleSubjects, readSubjects, type Subject, type Unasked } from "./subjects.ts";

export interface Difference extends Comparison {
  /** Why some were not asked, and how many. */
  readonly unasked: Readonly<Record<string, number>>;
  /** Keys of site data that differ. */
  readonly site: readonly string[];
}

/**
 * `files` empty: the cases and the examples that come with both bundles. Where site data differ, the examples are asked in
 * what is new as well, whatever the files hold.
 */
export async function diffSides(before: Side, after: Side, files: readonly string[]): Promise<Difference> {
  const [askBefore, askAfter] = [createRuler(before), createRuler(after)];
  const comparer = createComparer();
  const unasked = new Map<string, number>();
  for await (const subject of allSubjects(before, after, files)) {
    if (subject.kind === "unasked") {
      unasked.set(subject.why, (unasked.get(subject.why) ?? 0) + 1);
      continue;
    }
    const { name } = subject;
    comparer.add({ name, what: () => describeSubject(subject) }, askBefore(subject), askAfter(subject));
  }
  const site = siteChanges(before.policy.siteData, after.policy.siteData);
  return { ...comparer.result(), unasked: Object.fromEntries(unasked), site };
}

async function* allSubjects(before: Side, after: Side, files: readonly string[]): AsyncGenerator<Subject | Unasked> {
  yield* files.length === 0 ? ownSubjects([before, after]) : readSubjects(files);
  const examples = exampleSubjects(annotationsOf(after.folder));
  yield* probesOf(before.policy.siteData, after.policy.siteData, examples);
}

/** What the bundles bring themselves, each once. */
async function* ownSubjects(sides: readonly Side[]): AsyncGenerator<Subject | Unasked> {
  const seen = new Set<string>();
  for (const { folder } of sides) {
    const cases = path.join(folder, "cases.json");
    for await (const subject of readSubjects(existsSync(cases) ? [cases] : [])) {
      const key = JSON.stringify(subject);
      if (!seen.has(key)) yield subject;
      seen.add(key);
    }
    for (const subject of exampleSubjects(annotationsOf(folder))) {
      const key = JSON.stringify([subject.name, subject.asked.arguments, subject.asked.principal]);
      if (!seen.has(key)) yield subject;
      seen.add(key);
    }
  }
}
