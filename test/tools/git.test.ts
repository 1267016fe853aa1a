// The git and gh tools: which argvs, files and branches their arguments come to, and what their schemas refuse.
import { describe, expect, it } from "vitest";
import { findTool } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";

function read(name: string, own: unknown) {
  const tool = findTool(name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return readArguments(tool, own);
}

function draftOf(name: string, own: unknown) {
  const result = read(name, own);
  if (!result.ok) throw new Error(result.message);
  return result.draft;
}

describe("the git and gh tools", () => {
  const table: readonly (readonly [name: string, own: object, argv: readonly string[]])[] = [
    ["git_status", {}, ["git", "branch", "--all", "--verbose", "--no-abbrev"]],
    [
      "git_log",
      { ref: "main", path: "apps/-x", limit: 5 },
      ["git", "log", "--format=format:%h %ad %an %s", "--date=iso-strict", "--max-count=5", "main", "--", "apps/-x"],
    ],
    ["git_diff", {}, ["git", "diff", "--patch-with-stat", "--end-of-options", "origin/HEAD...HEAD"]],
    [
      "git_diff",
      { base: "v1", ref: "v2", path: "a" },
      ["git", "diff", "--patch-with-stat", "--end-of-options", "v1...v2", "--", "a"],
    ],
    ["git_pull", {}, ["git", "pull"]],
    ["git_push", { commit: "0123abc", branch: "ai-sre/x" }, ["git", "push", "origin", "0123abc:refs/heads/ai-sre/x"]],
    ["gh_pr_list", { limit: 3 }, ["gh", "pr", "list", "--limit=3"]],
    ["gh_pr_view", { number: 7 }, ["gh", "pr", "view", "7"]],
    ["gh_pr_checks", { number: 7 }, ["gh", "pr", "checks", "7"]],
    ["gh_run_list", {}, ["gh", "run", "list"]],
    [
      "gh_pr_create",
      { title: "--web", description: "a\nb", branch: "ai-sre/x", base: "main" },
      ["gh", "pr", "create", "--title=--web", "--body=a\nb", "--head=ai-sre/x", "--base=main"],
    ],
  ];
  it.each(table)("%s %j", (name, own, argv) => {
    expect(draftOf(name, own)).toEqual({ action: "command", steps: [{ argv }] });
  });

  it("git_commit: the files first, then exactly these are added, then committed", () => {
    const changes = [
      { path: "a.yaml", content: "" },
      { path: "b.yaml", delete: true },
    ];
    const own = { message: "fix: x\n\nwhy", changes, branch: "ai-sre/x", reason: "r", dry_run: true };
    expect(draftOf("git_commit", own)).toEqual({
      action: "command",
      steps: [
        { files: [{ path: "a.yaml", content: "" }, { path: "b.yaml" }] },
        { argv: ["git", "add", "--all", "--", "a.yaml", "b.yaml"] },
        { argv: ["git", "commit", "--message=fix: x\n\nwhy"] },
      ],
      workBranch: { branch: "ai-sre/x" },
      reason: "r",
      dryRun: true,
    });
  });

  const good = { message: "x", changes: [{ path: "a", content: "b" }], branch: "ai-sre/x" };
  const refused: readonly (readonly [name: string, own: object, field: string])[] = [
    ["git_log", { ref: "--output=/tmp/m/w" }, "ref"],
    ["git_log", { ref: "" }, "ref"],
    ["git_log", { path: "--output=x" }, "path"],
    ["git_log", { path: ":(top)x" }, "path"],
    ["git_log", { path: "/etc/passwd" }, "path"],
    ["git_log", { limit: 0 }, "limit"],
    ["git_diff", { base: "-O/tmp/x" }, "base"],
    ["git_push", { commit: "HEAD", branch: "ai-sre/x" }, "commit"],
    ["git_push", { commit: "+abcdef0", branch: "ai-sre/x" }, "commit"],
    ["git_push", { commit: "abcdef0", branch: "x:refs/heads/main" }, "branch"],
    ["git_push", { commit: "abcdef0" }, "branch"],
    ["git_push", { commit: "abcdef0", branch: "x", force: true }, "force"],
    ["git_commit", { ...good, changes: [] }, "changes"],
    ["git_commit", { ...good, changes: [{ path: "a" }] }, "changes.0.content"],
    ["git_commit", { ...good, changes: [{ path: "a", content: "x", delete: true }] }, "changes.0.content"],
    ["git_commit", { ...good, changes: [{ path: "/a", content: "x" }] }, "changes.0.path"],
    ["git_commit", { ...good, message: " " }, "message"],
    ["git_commit", { ...good, branch: "-x" }, "branch"],
    ["gh_pr_view", { number: "https://github.com/p/q/pull/1" }, "number"],
    ["gh_pr_create", { title: "a\nb", description: "x", branch: "ai-sre/x" }, "title"],
  ];
  it.each(refused)("%s refuses %j", (name, own, field) => {
    expect(read(name, own)).toMatchObject({ ok: false, field });
  });

  it("leave it to the grammar that paths stay inside", () => {
    expect(read("git_log", { path: "../x" })).toMatchObject({ ok: true });
  });
});
