// Every row of the corpus in its other spellings: no spelling of an attack is allowed, and no legitimate one is refused without a
// hint. The transformations are written from the manuals, not from what our grammars accept.
import { describe, expect, it } from "vitest";
import type { Spelling } from "./call.ts";
import { type Row, rows, type Verdict, verdictOf } from "./corpus.ts";
import { transformations } from "./transformations.ts";

const verdicts: ReadonlyMap<Row, Verdict> = new Map(rows.map((row) => [row, verdictOf(row)]));

/** What is wrong with a spelling's verdict; undefined when nothing is. */
function wrong(row: Row, { same }: Spelling, verdict: Verdict): string | undefined {
  if (verdict.effect === "deny")
    return row.expected === "allow" && !verdict.teaches ? "refused without a hint" : undefined;
  if (row.expected === "deny") return "allowed";
  if (row.expected === "approval" && !verdict.approval) return "allowed without approval";
  const original = verdicts.get(row);
  const differs = same && original?.effect === "allow" && original.runs !== verdict.runs;
  return differs ? "runs something else" : undefined;
}

describe.each(transformations)("$name", ({ of, atLeast }) => {
  it("changes no verdict of the corpus for the worse", { timeout: 120_000 }, () => {
    const judged = rows.flatMap((row) =>
      of(row).map((spelling) => ({ row, spelling, verdict: verdictOf(spelling.call) })),
    );
    const bad = judged.flatMap(({ row, spelling, verdict }) => {
      const what = wrong(row, spelling, verdict);
      return what === undefined ? [] : [`${row.id} ${what}: ${JSON.stringify(spelling.call)}`];
    });
    expect(bad.slice(0, 20), `${bad.length} of ${judged.length}`).toEqual([]);
    expect(judged.length).toBeGreaterThanOrEqual(atLeast);

    // What the binary takes for the same is mostly allowed where the row is: a transformation that breaks the words would prove nothing.
    const faithful = judged.filter(({ row, spelling }) => row.expected === "allow" && spelling.same);
    const allowed = faithful.filter(({ verdict }) => verdict.effect === "allow");
    expect(allowed.length).toBeGreaterThanOrEqual(faithful.length * 0.9);
  });
});

it("gives every row another spelling", () => {
  const alone = rows.filter((row) => transformations.every(({ of }) => of(row).length < 2));
  expect(alone.map(({ id }) => id)).toEqual([]);
});
