// The mutation check itself: which mutants it makes, and what it calls noticed. Needs the built opa; counts as skipped without.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createJudge } from "../../scripts/policy-mutant-judge.ts";
import { mutantsOf } from "../../scripts/policy-mutants.ts";
import { builtTool, opaTool } from "../../scripts/policy-tools.ts";

const root = path.resolve(import.meta.dirname, "../..");
const opa = builtTool(root, opaTool) ?? "";

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-mutants-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = scratch();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const rego = `package aisre.a

default _idle := false

allow if {
	some x in input.xs
	x > 1
	not _idle
}

deny contains "é" if input.y
`;

describe.skipIf(opa === "")("mutants", () => {
  const folderOf = (source: string) => folderWith({ "aisre/a/a.rego": source });
  const mutants = (source: string) => mutantsOf(opa, folderOf(source), "aisre/a/a.rego", source);

  test("are one for each rule, condition, comparison and default, and change nothing else", () => {
    const changed = mutants(rego).map(({ line, kind, source }) => {
      const [before, after] = [rego, source].map((text) => text.split("\n"));
      return [
        line,
        kind,
        after
          ?.filter((text) => before?.includes(text) === false)
          .join("|")
          .trim(),
      ];
    });
    expect(changed).toEqual([
      [3, "default turned round", "default _idle := true"],
      [6, "rule never holds", "false; some x in input.xs"],
      [7, "condition gone", "true"],
      [7, "condition turned round", "x >= 1"],
      [8, "condition gone", "true"],
      [8, "condition turned round", "_idle"],
      [11, "rule never holds", 'deny contains "é" if { false; input.y }'],
      [11, "condition gone", 'deny contains "é" if true'],
    ]);
  });

  test("are named by what they are, not by where they stand", () => {
    const keys = (source: string) => mutants(source).map(({ key }) => key);
    expect(keys(`# moved\n${rego}`)).toEqual(keys(rego));
    expect(new Set(keys(`${rego}${rego.slice(rego.indexOf("\ndeny"))}`)).size).toBe(10);
  });

  test("are noticed by a table or a test, survive where neither looks, and count for nothing where they do not compile", async () => {
    const base = { input: {}, want: {} };
    const policies = folderWith({
      "aisre/a/a.rego": rego,
      "aisre/a/a_test.rego":
        'package aisre.a_test\n\ntest_deny if data.aisre.a.deny == {"é"} with input as {"y": true}\n',
      "aisre/authz/authz_test.rego":
        "package aisre.authz_test\n\ntest_cases[name] if {\n\tsome name, row in data.cases\n\tdata.aisre.a.allow with input as row.input\n}\n",
      "cases/a.json": JSON.stringify({
        note: "",
        base: {},
        obligations: {},
        cases: [{ ...base, name: "two", input: { xs: [2] } }],
      }),
    });
    const judge = createJudge(opa, policies, scratch());
    const verdicts: string[] = [];
    for (const mutant of mutantsOf(opa, policies, "aisre/a/a.rego", rego)) verdicts.push(await judge(mutant));
    expect(verdicts).toEqual(["killed", "killed", "survived", "survived", "survived", "killed", "killed", "survived"]);
    const named = { file: "aisre/a/a.rego", line: 6, rule: "allow", kind: "condition gone", was: "", key: "" } as const;
    expect(await judge({ ...named, source: rego.replace("some x in input.xs", "true") })).toBe("does not compile");
  });
});

test("without Go and without a built opa, the mutation check is skipped and says so", () => {
  const home = scratch();
  const bin = path.join(home, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, path.join(bin, "node"));
  const run = spawnSync(path.join(bin, "node"), ["scripts/policy-mutate.ts", "--sample", "1"], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: bin, HOME: home, XDG_CACHE_HOME: home },
  });
  expect(run.stdout).toContain("mutants    skipped: Go is not installed");
  expect(run.status).toBe(0);
});
