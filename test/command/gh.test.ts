// gh's words: one repository, numbers only, jq programs read like jq's own, and no verb that changes more than a new pull request.
import { describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import type { Command } from "../../src/domain/command.ts";
import { commandOf, refusalOf, rendered, settings } from "./reading.ts";

const ofSite = (...argv: readonly string[]): Command | undefined => {
  const git = { repository: "o/r", remote: "origin", baseBranch: "trunk" };
  const read = understand({ action: "command", steps: [{ argv }] }, { ...settings, git });
  return read.ok ? read.plan.steps[0]?.stages[0] : undefined;
};

describe("gh's argv", () => {
  const table: readonly (readonly [words: string, argv: string])[] = [
    ["gh pr list -R o/r", "gh pr list --repo=o/r --limit=30"],
    ["gh pr view 1 -Ro/r --json title,state", "gh pr view --repo=o/r --json=title,state 1"],
    ["gh pr checks 7 --repo=o/r", "gh pr checks --repo=o/r 7"],
    ["gh run list -R o/r -L 5 -b main", "gh run list --repo=o/r --limit=5 --branch=main"],
    ["gh repo view o/r", "gh repo view o/r"],
    ["gh --version", "gh --version"],
    ["gh pr list --help", "gh pr list --help"],
  ];
  it.each(table)("%s", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });

  it("names the site's repository and base branch when the caller leaves them out", () => {
    expect(ofSite("gh", "pr", "create", "-t", "a", "-b", "two\nlines", "-H", "ai-sre/x")).toMatchObject({
      effect: "write",
      egress: true,
      repositories: ["o/r"],
      argv: ["gh", "pr", "create", "--repo=o/r", "--title=a", "--body=two\nlines", "--head=ai-sre/x", "--base=trunk"],
    });
    expect(ofSite("gh", "repo", "view")?.argv).toEqual(["gh", "repo", "view", "o/r"]);
  });

  it("is not rendered without a repository", () => {
    for (const words of ["gh pr list", "gh repo view"]) {
      const draft = { action: "command", steps: [{ commandLine: words }] } as const;
      const read = understand(draft, { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] });
      expect(read).toMatchObject({ ok: false, refusal: { message: "Say which repository." } });
    }
  });
});

describe("gh's jq programs", () => {
  it("are listed as jq's own", () => {
    const { programs } = commandOf([
      "gh",
      "pr",
      "list",
      "-R",
      "o/r",
      "--json",
      "number",
      "-q",
      '.[]|"\\(env.GH_TOKEN)"',
    ]);
    expect(programs).toEqual([{ language: "jq", identifiers: ["env"] }]);
  });

  it("that cannot be read are refused at their place", () => {
    expect(refusalOf(["gh", "pr", "list", "-R", "o/r", "--jq", "("]).position?.index).toBe(5);
  });
});

describe("gh is refused", () => {
  const table: readonly (readonly [words: string, index: number])[] = [
    ["gh api user", 1],
    ["gh auth token", 1],
    ["gh alias set x y", 1],
    ["gh x", 1],
    ["gh -R o/r pr list", 1],
    ["gh pr -R o/r list", 2],
    ["gh pr merge 1 -R o/r", 2],
    ["gh pr checkout 1 -R o/r", 2],
    ["gh issue create -R o/r", 2],
    ["gh workflow run x -R o/r", 2],
    ["gh run download 1 -R o/r", 2],
    ["gh pr list -R evil.example/o/r", 3],
    ["gh pr list -R https://evil.example/o/r", 3],
    ["gh pr list -R o", 3],
    ["gh pr list -R o/r -R p/q", 5],
    ["gh pr view https://github.com/p/q/pull/1 -R o/r", 3],
    ["gh pr view branch -R o/r", 3],
    ["gh pr view 1 2 -R o/r", 4],
    ["gh pr view -R o/r", 2],
    ["gh pr view 1 -R o/r --web", 6],
    ["gh pr view 1 -R o/r -w", 6],
    ["gh pr checks 1 -R o/r --watch", 6],
    ["gh pr list -R o/r -t {{.}}", 5],
    ["gh pr create -R o/r -t x -b y", 2],
    ["gh pr create -R o/r -t x -H a -F /etc/passwd", 9],
    ["gh pr create -R o/r --fill", 5],
    ["gh repo view evil.example/o/r", 3],
    ["gh repo clone o/r", 2],
  ];
  it.each(table)("%s, at word %i", (words, index) => {
    expect(refusalOf(words.split(" ")).position?.index).toBe(index);
  });
});
