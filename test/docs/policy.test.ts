// docs/policy.md shows calls and their verdicts: the program gives those verdicts for those calls.
import { describe, expect, it } from "vitest";
import { codeSpans, fencesOf, tableOf } from "./markdown.ts";
import { policyCheck } from "./policy-check.ts";

const page = "docs/policy.md";

describe("the policy page", () => {
  it("shows the verdicts that the program gives", () => {
    const asked = (fencesOf(page)[0]?.text ?? "").split("\n").filter((line) => line.startsWith("{"));
    const shown = tableOf(page, ["id", "effect", "code", "rules"]).map((row) => row.map(codeSpans));
    const verdicts = policyCheck(asked).map(({ id, effect, code, rules }) => [[id], [effect], [code], rules]);
    expect(verdicts).toEqual(shown);
  });

  it("explains every field of a verdict", () => {
    const fields = tableOf(page, ["field", "holds"]).flatMap(([field = ""]) => codeSpans(field));
    expect(fields).toEqual(["id", "effect", "code", "rules", "reasons", "obligations", "steps"]);
  });
});
