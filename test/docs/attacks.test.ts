// docs/attacks.md: every call in it is a row of the corpus, answered as the page says; every test it names is there.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { codeSpans, root, tableOf } from "./markdown.ts";
import { policyCheck, type Verdict } from "./policy-check.ts";

const page = "docs/attacks.md";

const rowSchema = z.object({ id: z.string(), tool: z.string(), arguments: z.record(z.string(), z.unknown()) });
type Row = z.output<typeof rowSchema>;

const corpus: ReadonlyMap<string, Row> = new Map(
  readFileSync(path.join(root, "test/corpus/calls.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => rowSchema.parse(JSON.parse(line)))
    .map((row) => [row.id, row]),
);

const calls = tableOf(page, ["class", "call", "answer", "row"]);

describe("the calls that were tried", () => {
  it("are rows of the corpus, shown as they are", () => {
    const shown = calls.map(([, call = "", , id = ""]) => [id, codeSpans(call)]);
    const real = calls.map(([, , , id = ""]) => {
      const row = corpus.get(id);
      return [id, row === undefined ? [] : [textOf(row)]];
    });
    expect(shown).toEqual(real);
  });

  it("get the answer that the page shows", () => {
    const asked = calls.map(([, , , id = ""]) => JSON.stringify(corpus.get(id) ?? { id, tool: "" }));
    const shown = calls.map(([, , answer = "", id]) => [id, codeSpans(answer)]);
    expect(policyCheck(asked).map((verdict) => [verdict.id, answerOf(verdict)])).toEqual(shown);
  });
});

describe("the tries that take more than one call", () => {
  it("name tests that exist", () => {
    const named = tableOf(page, ["class", "try", "what stops it", "test"]).map(([, , , tests = ""]) =>
      codeSpans(tests),
    );
    expect(named.filter((tests) => tests.length === 0)).toEqual([]);
    expect(named.flat().filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });
});

/** A command line, an argv with blanks between, or a tool with its arguments. */
function textOf({ tool, arguments: own }: Row): string {
  const { command, argv, ...rest } = own;
  if (Object.keys(rest).length === 0 && typeof command === "string") return command;
  if (Object.keys(rest).length === 0 && Array.isArray(argv)) return argv.join(" ");
  return `${tool} ${JSON.stringify(own)}`;
}

/** The rules that denied it, or the code when it did not get as far as policy. */
const answerOf = ({ code, rules }: Verdict): readonly string[] => (code === "denied" ? rules : [code]);
