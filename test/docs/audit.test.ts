// docs/audit.md names every kind of record, every problem that verify can name, and every option of the two commands.
import { describe, expect, it } from "vitest";
import { auditShowCommand } from "../../src/cli/audit-show.ts";
import { auditVerifyCommand, meanings } from "../../src/cli/audit-verify.ts";
import { auditKinds, fsyncPolicies } from "../../src/domain/audit.ts";
import { codeSpans, readPage, tableOf } from "./markdown.ts";

const page = "docs/audit.md";
const firstOf = (...header: readonly string[]) => tableOf(page, [...header]).map(([first = ""]) => codeSpans(first)[0]);

describe("the page about the audit", () => {
  it("lists the kinds of records", () => {
    expect(firstOf("kind", "when", "holds besides")).toEqual([...auditKinds]);
  });

  it("lists what verify says", () => {
    expect(firstOf("says", "means")).toEqual(Object.keys(meanings));
  });

  it("lists the fsync policies", () => {
    expect(firstOf("value", "on the disk first", "a power cut can take")).toEqual([...fsyncPolicies]);
  });

  it("names every option", () => {
    const options = [auditVerifyCommand(), auditShowCommand()].flatMap((command) => command.options);
    expect(options.map(({ long }) => long ?? "").filter((long) => !readPage(page).includes(long))).toEqual([]);
  });
});
