// docs/glossary.md: one word per idea, each once, in the order of the alphabet.
import { describe, expect, it } from "vitest";
import { tableOf } from "./markdown.ts";

const words = tableOf("docs/glossary.md", ["word", "meaning"]).map(([word = ""]) => word);

describe("the glossary", () => {
  it("has each word once, in order", () => {
    const sorted = [...new Set(words)].sort((left, right) => left.localeCompare(right, "en"));
    expect(words).toEqual(sorted);
  });
});
