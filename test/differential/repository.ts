// A scratch repository with two remotes, made once and copied for every run, and what a run changed in it.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Path in the repository → a word that stands in this file alone, in every commit. */
export const files: ReadonlyMap<string, string> = new Map(
  ["f.txt", "d/g.txt", "d/e/h.txt", "a b.txt", "-x", "side", "ü.txt"].map((name, at) => [name, `TOKEN${at}END`]),
);
/** Outside of the work tree, and in git's own folder. */
export const outside = "OUTSIDE-THE-TREE";

/** HEAD as it was made. */
export const original = "ORIGINAL";

export interface Repository {
  /** Where git runs. */
  readonly clone: string;
  /** Everything as it was made. */
  readonly reset: () => void;
  /** Names of what is no longer as it was made: `clone/f.txt`, `clone/.git/refs/heads/main`, `origin.git/refs/heads/x`. */
  readonly changed: () => readonly string[];
  readonly git: (...words: readonly string[]) => string;
  readonly close: () => void;
}

const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  LC_ALL: "C.UTF-8",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

let minute = 0;
/** A minute later than the last, or commits of the same time come in any order. */
const dated = () => {
  const at = `2026-01-01T00:${String((minute += 1) % 60).padStart(2, "0")}:00Z`;
  return { ...environment, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
};

const run = (cwd: string, ...words: readonly string[]): string =>
  execFileSync("git", words, { cwd, env: dated(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

/** Objects, and the diary of what refs were, are git's own business. */
const uninteresting = new Set(["objects", "logs", "hooks"]);

export function openRepository(): Repository {
  const root = mkdtempSync(path.join(tmpdir(), "aisre-differential-git-"));
  const [template, work] = [path.join(root, "template"), path.join(root, "work")];
  make(template);
  const before = contents(template);
  const staged = run(path.join(template, "clone"), "ls-files", "--stage");
  const reset = () => {
    rmSync(work, { recursive: true, force: true });
    cpSync(template, work, { recursive: true, preserveTimestamps: true });
  };
  reset();
  return {
    clone: path.join(work, "clone"),
    reset,
    changed: () => {
      const now = contents(work);
      const all = new Set([...before.keys(), ...now.keys()]);
      const changed = [...all].filter((name) => before.get(name) !== now.get(name)).toSorted();
      // Looking at files may renew the index's notes about them: what counts is what it holds.
      return changed.filter(
        (name) => name !== index || staged !== run(path.join(work, "clone"), "ls-files", "--stage"),
      );
    },
    git: (...words) => run(path.join(work, "clone"), ...words),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** History with a merge, tags, a stash, and a work tree in which things wait to be added and committed. */
function make(root: string): void {
  const clone = path.join(root, "clone");
  mkdirSync(root);
  writeFileSync(path.join(root, "outside.txt"), outside);
  for (const name of ["origin", "up"]) run(root, "init", "--quiet", "--bare", "--initial-branch=main", `${name}.git`);
  run(root, "clone", "--quiet", path.join(root, "origin.git"), clone);
  run(clone, "config", "remote.origin.url", "../origin.git");
  run(clone, "remote", "add", "up", "../up.git");
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(clone, name)), { recursive: true });
    writeFileSync(path.join(clone, name), `${text}\n${files.get(name) ?? ""}\n`);
  };
  const commit = (text: string) => {
    for (const name of files.keys()) write(name, text);
    run(clone, "add", "--all");
    run(clone, "commit", "--quiet", "--message", `subject ${text}`);
  };
  commit("one");
  run(clone, "tag", "v1");
  commit("two");
  run(clone, "push", "--quiet", "origin", "main");
  run(clone, "push", "--quiet", "up", "main~1:refs/heads/main");
  run(clone, "branch", "side", "main~1");
  run(clone, "branch", "ai-sre/x");
  commit("three");
  run(clone, "tag", "--annotate", "--message", "a tag", "v2");
  run(clone, "push", "--quiet", "origin", "main~2:refs/heads/old", "v1");
  // What a fetch brings.
  run(clone, "push", "--quiet", "origin", "main:refs/heads/new");
  run(clone, "update-ref", "-d", "refs/remotes/origin/new");
  write("f.txt", "stashed");
  run(clone, "stash", "push", "--quiet");
  write("d/g.txt", "changed");
  write("a b.txt", "staged");
  run(clone, "add", "--", "a b.txt");
  writeFileSync(path.join(clone, "untracked.txt"), "TOKEN9END\n");
  run(clone, "update-ref", original, "HEAD");
}

const index = "clone/.git/index";

/** Every file by its path. */
function contents(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory() && !uninteresting.has(entry.name)) walk(name);
      if (entry.isFile()) found.set(name, readFileSync(path.join(root, name), "base64"));
    }
  };
  walk(".");
  return found;
}
