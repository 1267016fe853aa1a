// A clone whose configuration or content could make git run something: every git tool refuses, and names what it found.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { GitServer } from "../helpers/git-server.ts";
import { hasGit, openShop, type Shop } from "./setup.ts";

const status = { command: "git status" };
const run = (cwd: string, ...words: readonly string[]): string =>
  execFileSync("git", words, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", HOME: cwd, GIT_CONFIG_NOSYSTEM: "1" },
  }).trim();

/** A shop whose clone is there, and the clone's git folder. */
async function opened(): Promise<Shop & { readonly gitDir: string }> {
  const shop = await openShop();
  expect((await shop.ask("cli_tool", status)).code).toBe("ok");
  return { ...shop, gitDir: path.join(shop.cloneFolder, "clone/.git") };
}

describe.skipIf(!hasGit)("a key in the clone's configuration that the server did not write", () => {
  it.each([
    ["core.fsmonitor", "/bin/true"],
    ["core.hooksPath", "hooks"],
    ["core.sshCommand", "touch x"],
    ["core.worktree", "/"],
    ["core.attributesFile", "x"],
    ["core.alternateRefsCommand", "touch x"],
    ["filter.x.clean", "touch x"],
    ["filter.x.smudge", "touch x"],
    ["filter.x.process", "touch x"],
    ["diff.x.textconv", "touch x"],
    ["diff.x.command", "touch x"],
    ["diff.external", "touch x"],
    ["merge.x.driver", "touch x"],
    ["remote.origin.uploadpack", "touch x"],
    ["remote.origin.receivepack", "touch x"],
    ["remote.origin.vcs", "ext"],
    ["remote.origin.proxy", "http://127.0.0.1:9"],
    ["remote.origin.pushurl", "https://evil.example/x"],
    ["remote.other.url", "https://evil.example/x"],
    ["include.path", "x"],
    ["includeif.gitdir:/.path", "x"],
    ["url.https://evil.example/.insteadof", "http://"],
    ["http.proxy", "http://127.0.0.1:9"],
    ["http.sslverify", "false"],
    ["credential.helper", "!touch x"],
    ["protocol.ext.allow", "always"],
    ["alias.x", "!touch x"],
    ["submodule.x.update", "!touch x"],
    ["extensions.worktreeconfig", "true"],
    ["uploadpack.packobjectshook", "touch x"],
    ["gpg.program", "touch x"],
    ["trailer.x.command", "touch x"],
    ["branch.main.remote", "https://evil.example/x"],
    ["remote.origin.fetch", "+refs/*:refs/*"],
  ])("%s: every git tool refuses and names it", async (key, value) => {
    const { ask, gitDir, cloneFolder, records } = await opened();
    run(gitDir, "config", "--file", path.join(gitDir, "config"), key, value);
    const refused = await ask("cli_tool", status);
    expect(refused).toMatchObject({ outcome: "denied", code: "repository_refused" });
    expect(refused.reasons?.[0]?.message.toLowerCase()).toContain(key.toLowerCase());
    const change = { message: "x", changes: [{ path: "a", content: "x" }], branch: "ai-sre/x" };
    expect((await ask("git_commit", change)).code).toBe("repository_refused");
    expect(records().filter(({ kind }) => kind === "intent")).toHaveLength(1);
    run(cloneFolder, "config", "--file", path.join(gitDir, "config"), "--unset-all", key);
  });

  it("is found between the two looks too: nothing runs", async () => {
    let spoil = () => {};
    const shop = await openShop({
      around: (real) => ({
        observe: (...asked) => real.observe(...asked),
        hold: (...asked) => {
          spoil();
          return real.hold(...asked);
        },
      }),
    });
    expect((await shop.ask("cli_tool", status)).code).toBe("ok");
    const config = path.join(shop.cloneFolder, "clone/.git/config");
    spoil = () => run(shop.folder, "config", "--file", config, "core.fsmonitor", "/bin/true");
    expect(await shop.ask("cli_tool", status)).toMatchObject({ code: "state_changed" });
  });

  it("is none of those that the server's own commands write", async () => {
    const { ask } = await opened();
    const change = { message: "x", changes: [{ path: "a", content: "x" }], branch: "ai-sre/x" };
    expect((await ask("git_commit", change)).code).toBe("ok");
    expect((await ask("git_pull", {})).code).toBe("ok");
    expect((await ask("cli_tool", { command: "git push origin HEAD:refs/heads/ai-sre/x" })).code).toBe("ok");
    expect((await ask("cli_tool", status)).code).toBe("ok");
  });
});

/** Puts what `make` leaves in a folder onto the remote's main branch. */
function onMain(remote: GitServer, folder: string, make: (clone: string) => void): void {
  const clone = mkdtempSync(path.join(folder, "hostile-"));
  run(clone, "clone", "--quiet", remote.git("rev-parse", "--absolute-git-dir"), clone);
  make(clone);
  run(clone, "add", "--all", "--force");
  run(clone, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "--message", "hostile");
  run(clone, "push", "--quiet", "origin", "HEAD:refs/heads/hostile");
  remote.git("update-ref", "refs/heads/main", "refs/heads/hostile");
  remote.git("update-ref", "-d", "refs/heads/hostile");
}
const link = (target: string, name: string) => (clone: string) => {
  mkdirSync(path.dirname(path.join(clone, name)), { recursive: true });
  symlinkSync(target, path.join(clone, name));
};

describe.skipIf(!hasGit)("a repository that holds", () => {
  it.each<readonly [what: string, named: string, make: (clone: string) => void]>([
    ["a link to an absolute path", "out", link("/etc/passwd", "out")],
    ["a link upwards", "a/out", link("../../x", "a/out")],
    ["a link that goes up behind another link", "out", link("s/../x", "out")],
    ["a link to git's folder", "out", link(".git/config", "out")],
    [
      "a submodule",
      "sub",
      (clone) => {
        const sub = path.join(clone, "sub");
        run(clone, "init", "--quiet", sub);
        run(sub, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "--allow-empty", "--message", "x");
      },
    ],
    ["a list of submodules", ".gitmodules", (clone) => writeFileSync(path.join(clone, ".gitmodules"), "x")],
    [
      "a bare repository",
      "vendor/r.git",
      (clone) => {
        const bare = path.join(clone, "vendor/r.git");
        run(clone, "init", "--quiet", "--bare", bare);
        run(bare, "config", "core.fsmonitor", "touch x");
        for (const part of ["objects", "refs"]) writeFileSync(path.join(bare, part, "keep"), "");
        rmSync(path.join(bare, "hooks"), { recursive: true });
      },
    ],
  ])("%s: every git tool refuses and names the path", async (_what, named, make) => {
    const { ask, remote, folder } = await openShop();
    onMain(remote, folder, make);
    const refused = await ask("cli_tool", status);
    expect(refused).toMatchObject({ outcome: "denied", code: "repository_refused" });
    expect(refused.reasons?.[0]?.message).toContain(named);
    const change = { message: "x", changes: [{ path: "a", content: "x" }], branch: "ai-sre/x" };
    expect((await ask("git_commit", change)).code).toBe("repository_refused");
  });

  it("links that stay inside: nothing is refused", async () => {
    const { ask, remote, folder } = await openShop();
    onMain(remote, folder, (clone) => {
      link("../apps/web.yaml", "a/in")(clone);
      link("./apps", "again")(clone);
      link("../..", "a/b/root")(clone);
      mkdirSync(path.join(clone, "objects"));
      writeFileSync(path.join(clone, "objects/x"), "");
      writeFileSync(path.join(clone, "HEAD"), "");
    });
    expect((await ask("cli_tool", status)).code).toBe("ok");
  });
});

describe.skipIf(!hasGit)("a work tree", () => {
  it("whose .git leads elsewhere is not used", async () => {
    const { ask, cloneFolder, folder } = await opened();
    const [tree = ""] = run(cloneFolder, "-C", "clone", "worktree", "list", "--porcelain")
      .split("\n")
      .filter((line) => line.includes("/trees/"))
      .map((line) => line.replace("worktree ", ""));
    const evil = path.join(folder, "evil");
    run(folder, "init", "--quiet", evil);
    writeFileSync(path.join(tree, ".git"), `gitdir: ${evil}/.git\n`);
    expect(await ask("cli_tool", status)).toMatchObject({ code: "repository_refused" });
  });

  it.each([
    ["a list of submodules", [".gitmodules"]],
    ["a bare repository", ["x/HEAD", "x/objects/a", "x/refs/a"]],
  ])("gets no %s by a change", async (_what, paths) => {
    const { ask } = await openShop();
    const changes = paths.map((file) => ({ path: file, content: "x" }));
    const outcome = await ask("git_commit", { message: "x", changes, branch: "ai-sre/x" });
    expect(["exited", "denied"]).toContain(outcome.code);
    expect(outcome.commit).toBeUndefined();
  });
});
