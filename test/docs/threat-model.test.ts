// docs/threat-model.md: what it names is there, each threat says what holds it and what remains, and STRIDE passes over each.
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeSpans, readPage, root, tableOf, tablesOf } from "./markdown.ts";

const page = "docs/threat-model.md";
const threats = tablesOf(page, ["threat", "what stops it", "held by", "what remains"]).flat();
const idOf = (cell: string): string => /^\*\*([A-Z]\d)\*\* /.exec(cell)?.[1] ?? cell;
const ids = threats.map(([threat = ""]) => idOf(threat));
const isFile = (name: string): boolean => existsSync(path.join(root, name));

describe("the threat model", () => {
  it("gives each threat a name of its own", () => {
    expect(ids.length).toBeGreaterThan(30);
    expect(ids.filter((id) => !/^[A-Z]\d$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("names tests that exist for each, and what remains", () => {
    for (const [threat = "", walls = "", heldBy = "", remains = ""] of threats) {
      const tests = codeSpans(heldBy);
      // Where there is no wall of ours there is nothing to test.
      expect(tests.length > 0 || walls.startsWith("nothing of ours"), threat).toBe(true);
      expect(
        tests.filter((file) => !file.startsWith("test/") || !isFile(file)),
        threat,
      ).toEqual([]);
      expect(
        [walls, remains].filter((text) => text.length < 10),
        threat,
      ).toEqual([]);
    }
  });

  it("names code that exists for each wall", () => {
    for (const [wall = "", , code = ""] of tableOf(page, ["wall", "stops", "code", "more"])) {
      expect(codeSpans(code), wall).not.toEqual([]);
      expect(
        codeSpans(code).filter((file) => !isFile(file)),
        wall,
      ).toEqual([]);
    }
  });

  it("passes over every threat by STRIDE, and names none that is not there", () => {
    const asked = tableOf(page, ["letter", "asks", "answered by"]);
    expect(asked.map(([letter = ""]) => letter[0]).join("")).toBe("STRIDE");
    expect(new Set(asked.flatMap(([, , answered = ""]) => answered.split(" ")))).toEqual(new Set(ids));
  });

  it("has a trust boundary for every wall of its table", () => {
    const picture = readPage(page).split("## Trust boundaries")[1]?.split("| wall |")[0] ?? "";
    const numbers = tableOf(page, ["wall", "stops", "code", "more"]).map(([wall = ""]) => wall.split(" ")[0] ?? "");
    expect(numbers.filter((number) => !new RegExp(String.raw`\b${number}\b`).test(picture))).toEqual([]);
  });
});
