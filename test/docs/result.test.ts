// docs/result.md is held to the schema of results: the same fields, in the same order, and an example that fits.
import { describe, expect, it } from "vitest";
import { resultSchema } from "../../src/mcp/result-schema.ts";
import { codeSpans, fencesOf, tableOf } from "./markdown.ts";

const page = "docs/result.md";

describe("the page of results", () => {
  it("lists every field of the schema", () => {
    const fields = tableOf(page, ["field", "when", "holds"]).flatMap(([field = ""]) => codeSpans(field));
    expect(fields).toEqual(Object.keys(resultSchema.shape));
  });

  it("shows an example that fits the schema", () => {
    const [example] = fencesOf(page).filter(({ language }) => language === "json");
    expect(resultSchema.safeParse(JSON.parse(example?.text ?? "")).error).toBeUndefined();
  });
});
