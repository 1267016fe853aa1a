// The argv that runs gives the answer that the caller's own argv would have given, on the real text tools.
import type * as fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { argvs, type Generated } from "./command-lines.ts";
import { counterexample, same } from "./counterexample.ts";
import { locate, run } from "./installed.ts";
import { commandOf, read } from "./reading.ts";

const cases = Number(process.env["AISRE_FUZZ_CASES"] ?? 400);
const folder = mkdtempSync(path.join(tmpdir(), "aisre-answer-"));
afterAll(() => rmSync(folder, { recursive: true }));

const input = "b: 2,x\na: 1,y\n\na: 1,y\nERROR ü 10 20\n";

/** `date` answers with the time, and `wc -` with the dash; what names a way out does it only without our pins. */
const isComparable = ({ argv }: Generated): boolean => {
  if (argv[0] === "kubectl" || argv[0] === "date" || !read(argv).ok) return false;
  if (argv[0] === "wc" && argv.includes("-")) return false;
  return !commandOf(argv).programs.some(({ identifiers }) =>
    identifiers.some((name) => /^(?:w|env|getline)$/.test(name)),
  );
};

/** What asks others, or works in a repository, answers by what it finds there. */
const talking = new Set(["kubectl", "helm", "flux", "git", "gh", "curl"]);

describe("the text tools", () => {
  const files = new Map([...grammars.values()].map((grammar) => [grammar.spec.name, locate(grammar)]));

  it("answer the rendered argv as they answer the caller's", () => {
    const compared = new Map<string, number>();
    const holds = (generated: Generated): boolean => {
      const [name = "", ...words] = generated.argv;
      const file = files.get(name);
      if (file === undefined || !isComparable(generated)) return true;
      compared.set(name, (compared.get(name) ?? 0) + 1);
      const [, ...rendered] = commandOf(generated.argv).argv;
      const [theirs, ours] = [words, rendered].map((given) =>
        run(file, given, { input, cwd: folder, timeoutMs: 2000 }),
      );
      return same([theirs?.status, theirs?.stdout], [ours?.status, ours?.stdout]);
    };
    const ofText: fc.Arbitrary<Generated> = argvs.filter(({ argv }) => !talking.has(argv[0] ?? ""));
    expect(counterexample(ofText, holds, cases)).toBeUndefined();
    expect(compared.size).toBeGreaterThan(8);
  });
});
