// docs/policy.md shows calls and their verdicts: the program gives those verdicts for those calls.
import { describe, expect, it } from "vitest";
import { codeSpans, fencesOf, tableOf } from "./markdown.ts";
import { policyCommand } from "../../src/cli/policy.ts";
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
    expect(fields).toEqual(["id", "effect", "code", "rules", "reasons", "obligations", "steps", "calls"]);
  });
});

describe("the commands of the policy", () => {
  const named = policyCommand().commands.map((command) => `policy ${command.name()}`);

  it("stand in README, all of them", () => {
    const listed = tableOf("README.md", ["command", "does"]).flatMap(([command = ""]) => codeSpans(command));
    expect(listed.toSorted()).toEqual(named.toSorted());
  });

  it("have help with examples and their exit codes", () => {
    for (const command of policyCommand().commands) {
      if (["check", "verify"].includes(command.name())) continue;
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(help, command.name()).toMatch(new RegExp(`Examples:\n  \\$ .*ai-sre policy ${command.name()} `));
      expect(help, command.name()).toContain("Exit code: 0");
    }
  });
});
