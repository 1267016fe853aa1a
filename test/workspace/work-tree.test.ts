// The git tools from call to remote: a commit in a tree of its own, a push of that very object, and everything that must not happen.
import { globSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openGitServer, readToken, token } from "../helpers/git-server.ts";
import { hasGit, openShop } from "./setup.ts";

const change = {
  message: "fix: raise replicas\n\nweb was killed",
  changes: [
    { path: "apps/web.yaml", content: "replicas: 2\n" },
    { path: "apps/new/job.yaml", content: "kind: Job\n" },
    { path: "README.md", delete: true },
  ],
  branch: "ai-sre/fix-1",
};

describe.skipIf(!hasGit)("git_commit and git_push", () => {
  it("commit files on top of the remote's base, and push that object to its branch", async () => {
    const { ask, remote, records } = await openShop();
    const committed = await ask("git_commit", change);
    expect(committed).toMatchObject({ code: "ok", decision: { rules: ["git/commit", "git/file"] } });
    const { commit = "" } = committed;
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(remote.git("branch", "--list")).toBe("* main");

    const pushed = await ask("git_push", { commit: commit.slice(0, 12), branch: "ai-sre/fix-1" });
    expect(pushed).toMatchObject({ code: "ok", decision: { rules: ["git/push"] } });
    // What was judged and recorded is what ran: the object's id, not the caller's word for it.
    expect(pushed.steps[0]?.stages[0]?.argv.at(-1)).toBe(`${commit}:refs/heads/ai-sre/fix-1`);
    expect(remote.git("rev-parse", "refs/heads/ai-sre/fix-1", "refs/heads/ai-sre/fix-1^")).toBe(
      `${commit}\n${remote.git("rev-parse", "main")}`,
    );
    expect(remote.git("log", "-1", "--format=%B%an", commit)).toBe(
      "fix: raise replicas\n\nweb was killed\n\nAI-SRE-Call: call-1\nAI SRE",
    );
    expect(remote.git("diff", "--name-status", "main", commit)).toBe(
      "D\tREADME.md\nA\tapps/new/job.yaml\nM\tapps/web.yaml",
    );
    const intents = records().filter(({ kind }) => kind === "intent");
    expect(intents[0]).toMatchObject({
      details: { file_changes: [{ path: "apps/web.yaml", operation: "write", bytes: 12 }, {}, {}] },
    });
    expect(JSON.stringify(records())).not.toContain("kind: Job");
  });

  it("start every change anew from the base, or from the branch that is named", async () => {
    const { ask, remote } = await openShop();
    const first = await ask("git_commit", change);
    await ask("git_push", { commit: first.commit, branch: "ai-sre/fix-1" });
    const more = { message: "more", changes: [{ path: "x", content: "x" }], branch: "ai-sre/fix-1" };
    const apart = await ask("git_commit", more);
    expect((await ask("git_push", { commit: apart.commit, branch: "ai-sre/fix-1" })).code).toBe("exited");
    const onTop = await ask("git_commit", { ...more, base: "ai-sre/fix-1" });
    expect((await ask("git_push", { commit: onTop.commit, branch: "ai-sre/fix-1" })).code).toBe("ok");
    expect(remote.git("rev-parse", "ai-sre/fix-1^")).toBe(first.commit);
  });

  it("leave no tree of a change behind", async () => {
    const { ask, cloneFolder } = await openShop();
    await ask("git_commit", change);
    expect(readdirSync(path.join(cloneFolder, "trees")).filter((name) => name.startsWith("change-"))).toEqual([]);
  });

  it("answer commit_not_here on a replica that lacks the commit", async () => {
    const here = await openShop();
    const there = await openShop({ remote: here.remote });
    const { commit } = await here.ask("git_commit", change);
    expect(await there.ask("git_push", { commit, branch: "ai-sre/fix-1" })).toMatchObject({
      outcome: "failed",
      code: "commit_not_here",
    });
  });

  it("change nothing in a dry run", async () => {
    const { ask, remote } = await openShop();
    const dry = await ask("git_commit", { ...change, dry_run: true });
    expect(dry).toMatchObject({ code: "ok" });
    expect(dry.commit).toBeUndefined();
    const { commit } = await ask("git_commit", change);
    expect((await ask("git_push", { commit, branch: "ai-sre/fix-1", dry_run: true })).code).toBe("ok");
    expect(remote.git("branch", "--list")).toBe("* main");
  });

  it.each([
    [".github/workflows/ci.yml", "git/protected-path"],
    ["apps/.gitattributes", "git/protected-path"],
    ["clusters/flux-system/x.yaml", "git/protected-path"],
  ])("deny %s by %s", async (file, rule) => {
    const { ask } = await openShop();
    const outcome = await ask("git_commit", { ...change, changes: [{ path: file, content: "x" }] });
    expect(outcome).toMatchObject({ code: "denied", decision: { rules: [rule] } });
  });

  it.each(["../x", "/etc/x", ".git/config", "a/.GIT/hooks/x", "a/../../x", "apps/"])(
    "do not understand the path %s",
    async (file) => {
      const { ask } = await openShop();
      const outcome = await ask("git_commit", { ...change, changes: [{ path: file, content: "x" }] });
      expect(["not_understood", "invalid_arguments"]).toContain(outcome.code);
    },
  );

  it("deny a push of what somebody else changed in protected files, though no call of ours did", async () => {
    const { ask, remote } = await openShop();
    const commit = remote.commit({ ".github/workflows/ci.yml": "x" }, "topic");
    const outcome = await ask("git_push", { commit, branch: "ai-sre/topic" });
    expect(outcome).toMatchObject({ code: "denied", decision: { rules: ["git/protected-path"] } });
  });

  it("judge what the commits of the branch touch, undone or not, and nothing that the base did meanwhile", async () => {
    const { ask, remote } = await openShop();
    const { commit } = await ask("git_commit", change);
    remote.commit({ ".github/workflows/ci.yml": "x" });
    remote.commit({ "topic.txt": "x", Jenkinsfile: "x" }, "topic");
    const undone = remote.commit({ Jenkinsfile: "" }, "topic");
    expect((await ask("git_push", { commit, branch: "ai-sre/fix-1" })).code).toBe("ok");
    const topic = await ask("git_push", { commit: undone, branch: "ai-sre/topic" });
    expect(topic.reasons).toMatchObject([{ rule: "git/protected-path", token: "Jenkinsfile" }]);
  });

  it("never write through a symbolic link, and then change nothing at all", async () => {
    const { ask, remote, place } = await linked();
    for (const file of ["link/x", "file-link"]) {
      const changes = [
        { path: "apps/web.yaml", content: "replicas: 9\n" },
        { path: file, content: "x" },
      ];
      const outcome = await ask("git_commit", { ...change, changes });
      expect(outcome).toMatchObject({ code: "exited" });
      expect(outcome.stderr).toMatch(/symbolic link/);
      expect(outcome.commit).toBeUndefined();
    }
    expect(readdirSync(place)).not.toContain("x");
    expect(remote.git("branch", "--list")).toBe("* main");
  });
});

async function linked() {
  const shop = await openShop();
  const { symlinkSync, mkdtempSync } = await import("node:fs");
  const { execFileSync } = await import("node:child_process");
  const clone = mkdtempSync(path.join(shop.folder, "linked-"));
  const git = (...words: readonly string[]) =>
    execFileSync("git", words, { cwd: clone, stdio: "ignore", env: { PATH: process.env["PATH"] ?? "" } });
  git("clone", "--quiet", shop.remote.git("rev-parse", "--absolute-git-dir"), clone);
  symlinkSync("apps", path.join(clone, "link"));
  symlinkSync("apps/web.yaml", path.join(clone, "file-link"));
  git("add", "--all");
  git("-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "--message", "links");
  git("push", "--quiet", "origin", "HEAD:refs/heads/links");
  shop.remote.git("update-ref", "refs/heads/main", "refs/heads/links");
  shop.remote.git("update-ref", "-d", "refs/heads/links");
  return { ...shop, place: shop.folder };
}

describe.skipIf(!hasGit)("state_changed", () => {
  it("ends a call when the base moved between the two looks, and nothing runs", async () => {
    const { ask, records } = await openShop({
      around: (real, remote) => ({
        observe: (...asked) => real.observe(...asked),
        hold: async (...asked) => {
          remote.commit({ "apps/web.yaml": "replicas: 7\n" });
          // Somebody else's call refreshes the clone.
          const [plan, principal, signal] = asked;
          await real.observe(plan, principal, signal);
          return real.hold(plan, principal, signal);
        },
      }),
    });
    expect(await ask("git_commit", change)).toMatchObject({ outcome: "failed", code: "state_changed" });
    expect(records().map(({ kind, code }) => [kind, code])).toContainEqual(["outcome", "state_changed"]);
    expect(records().some(({ kind }) => kind === "intent")).toBe(false);
  });
});

describe.skipIf(!hasGit)("reading", () => {
  it("shows base and branches, commits, and what a branch changes", async () => {
    const { ask, remote } = await openShop();
    remote.commit({ "apps/web.yaml": "replicas: 5\n" }, "topic");
    expect((await ask("git_status", {})).stdout).toMatch(/remotes\/origin\/topic +[0-9a-f]{40} change apps\/web\.yaml/);
    expect((await ask("git_log", { path: "apps" })).stdout).toMatch(/change README\.md, apps\/web\.yaml$/);
    expect((await ask("git_diff", { ref: "origin/topic" })).stdout).toMatch(/\+replicas: 5/);
    expect((await ask("git_log", { ref: "no-such-branch" })).code).toBe("exited");
  });

  it("sees what was pushed elsewhere after git_pull", async () => {
    const { ask, remote } = await openShop();
    await ask("git_log", {});
    remote.commit({ new: "x" });
    expect((await ask("git_pull", {})).code).toBe("ok");
    expect((await ask("cli_tool", { command: "git log -1 --format=%s | grep new" })).stdout).toBe("change new\n");
  });

  it("a principal stands on the branch that it committed to last, and nobody else does", async () => {
    const { ask } = await openShop();
    await ask("git_commit", change);
    expect((await ask("cli_tool", { command: "git status" })).stdout).toMatch(/On branch ai-sre\/fix-1/);
    expect((await ask("cli_tool", { command: "git status" }, "other")).stdout).toMatch(/Not currently on any branch/);
    const pushed = await ask("cli_tool", { command: "git push origin HEAD:refs/heads/ai-sre/fix-1" });
    expect(pushed.code).toBe("ok");
  });
});

describe.skipIf(!hasGit)("the remote", () => {
  it("is not asked about main, not even where a site's prefix comes close to it", async () => {
    const { ask, remote } = await openShop({ site: { branch_prefix: "main/", repositories: ["o/r"] } });
    const outcome = await ask("cli_tool", { command: "git push origin HEAD:main" });
    expect(outcome).toMatchObject({ code: "denied", decision: { rules: ["git/branch"] } });
    expect(remote.asked.length).toBeGreaterThan(0);
    expect(remote.asked.filter((path) => path.includes("receive-pack"))).toEqual([]);
  });

  it("protects main by itself: were a push allowed, its hook declines it, and the answer says so", async () => {
    const { ask, remote } = await openShop({ allowsAll: true });
    const { commit } = await ask("git_commit", change);
    const before = remote.git("rev-parse", "main");
    const outcome = await ask("cli_tool", { command: `git push origin ${commit}:refs/heads/main` });
    expect(outcome).toMatchObject({ outcome: "failed", code: "exited" });
    expect(outcome.stderr).toMatch(/GH006: Protected branch update failed for refs\/heads\/main/);
    expect(outcome.stderr).toMatch(/pre-receive hook declined/);
    expect(remote.git("rev-parse", "main")).toBe(before);
  });

  it("is never asked to force, mirror or delete, whatever policy says", async () => {
    const { ask, remote } = await openShop({ allowsAll: true });
    const { commit } = await ask("git_commit", change);
    const flags = ["--force", "-f", "--force-with-lease", "--mirror", "--delete"].map((flag) => `${flag} origin `);
    for (const words of [...flags, "origin +"]) {
      const command = `git push ${words}${commit}:refs/heads/ai-sre/fix-1`;
      expect(await ask("cli_tool", { command })).toMatchObject({ outcome: "denied", code: "not_understood" });
    }
    expect(remote.asked.filter((asked) => asked.includes("receive-pack"))).toEqual([]);
  });

  it("keeps what a branch has when another history is pushed over it, and the answer says so", async () => {
    const { ask, remote } = await openShop();
    const theirs = remote.commit({ "apps/web.yaml": "replicas: 5\n" }, "ai-sre/fix-1");
    const { commit } = await ask("git_commit", change);
    const outcome = await ask("git_push", { commit, branch: "ai-sre/fix-1" });
    expect(outcome).toMatchObject({ outcome: "failed", code: "exited" });
    expect(outcome.stderr).toMatch(/\[rejected\]|non-fast-forward/);
    expect(remote.git("rev-parse", "refs/heads/ai-sre/fix-1")).toBe(theirs);
  });

  it("refuses a token that may only read, and the answer says so", async () => {
    const { ask, remote } = await openShop({ githubToken: readToken });
    const { commit } = await ask("git_commit", change);
    const outcome = await ask("git_push", { commit, branch: "ai-sre/fix-1" });
    expect(outcome).toMatchObject({ outcome: "failed", code: "exited" });
    expect(outcome.stderr).toMatch(/403|denied/);
    expect(remote.git("branch", "--list")).toBe("* main");
  });

  it("that does not let us in leaves no work tree", async () => {
    const { ask } = await openShop({ githubToken: "wrong-token" });
    expect(await ask("git_status", {})).toMatchObject({ outcome: "unavailable", code: "binary_unavailable" });
  });

  it("gets the token as a header; it stands in no argv, no file of the clone, no answer and no record", async () => {
    const commandLines = new Set<string>();
    const server = await openGitServer(() => runningCommands().forEach((line) => commandLines.add(line)));
    const { ask, remote, cloneFolder, records } = await openShop({ remote: server });
    const committed = await ask("git_commit", change);
    const pushed = await ask("git_push", { commit: committed.commit, branch: "ai-sre/fix-1" });
    const encoded = Buffer.from(`x-access-token:${token}`).toString("base64");
    expect(remote.headers).toContain(`Basic ${encoded}`);
    const files = readdirSync(cloneFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "latin1"));
    const seen = [...commandLines].filter((line) => line.includes(remote.url));
    expect(seen.some((line) => /git-remote-http|git remote-http/.test(line))).toBe(true);
    const all = [JSON.stringify([committed, pushed, records()]), ...texts, ...commandLines].join("\n");
    expect(files.length).toBeGreaterThan(5);
    for (const secret of [token, encoded]) expect(all).not.toContain(secret);
  });
});

/** The command lines of every process, as any user of the machine may see them. */
function runningCommands(): readonly string[] {
  return globSync("/proc/[0-9]*/cmdline").map((file) => {
    try {
      return readFileSync(file, "utf8").replaceAll("\0", " ");
    } catch {
      // It has ended meanwhile.
      return "";
    }
  });
}
