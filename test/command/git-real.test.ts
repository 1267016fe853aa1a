// git's grammar against git itself, in a repository of its own: every flag that we render is taken, and revisions, paths and
// files mean what the model says.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { git } from "../../src/command/grammar/git.ts";
import type { Flag, VerbGrammar } from "../../src/command/grammar/types.ts";
import { commandOf } from "./reading.ts";

const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-git-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const clone = path.join(folder, "clone");
const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  LC_ALL: "C.UTF-8",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.org",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.org",
};

const plain = (cwd: string, ...words: readonly string[]): string =>
  execFileSync("git", words, { cwd, env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

function prepare(): boolean {
  if (spawnSync("git", ["--version"]).status !== 0) return false;
  const origin = path.join(folder, "origin.git");
  plain(folder, "init", "--quiet", "--bare", "--initial-branch=main", origin);
  plain(folder, "clone", "--quiet", origin, clone);
  plain(clone, "checkout", "--quiet", "-b", "main");
  mkdirSync(path.join(clone, "d"));
  for (const [name, text] of [
    ["f.txt", "one\n"],
    ["d/g.txt", "two\n"],
    ["odd [1].txt", "three\n"],
  ] as const) {
    writeFileSync(path.join(clone, name), text);
    plain(clone, "add", "--", name);
    plain(clone, "commit", "--quiet", "--message", `add ${name}`);
  }
  plain(clone, "tag", "v1");
  plain(clone, "push", "--quiet", "origin", "main");
  return true;
}

const hasGit = prepare();

/** Runs what is rendered for the words. */
function run(...words: readonly string[]) {
  const [binary = "", ...rest] = commandOf(["git", ...words]).argv;
  return spawnSync(binary, rest, { cwd: clone, env: environment, encoding: "utf8", input: "from stdin\n" });
}

const samples: ReadonlyMap<string, string> = new Map([
  ["--format", "format:%h"],
  ["--message", "a message"],
  ["--since", "2.days.ago"],
  ["--until", "tomorrow"],
  ["--sort", "-committerdate"],
  ["--range", "1,1"],
  ["--match", "v*"],
  ["--exclude", "x*"],
  ["--diff-filter", "AM"],
]);

function wordsOf(flag: Flag): readonly string[] {
  const { type } = flag;
  if (type.kind === "boolean") return [flag.name];
  const value =
    type.kind === "enum" ? type.values[0] : type.kind === "integer" ? "1" : (samples.get(flag.name) ?? "HEAD");
  return [`${flag.name}=${value ?? ""}`];
}

function operandsOf({ operands, verb }: VerbGrammar): readonly string[] {
  if (operands.kind === "git-revisions") return operands.atMost === 0 ? [] : ["HEAD"];
  if (operands.kind === "git-paths") return verb[0] === "commit" ? [] : ["f.txt"];
  if (operands.kind === "git-file") return ["f.txt"];
  if (operands.kind !== "git-remote") return [];
  return operands.takes === "refspec" ? ["origin", "HEAD:refs/heads/ai-sre/x"] : ["origin", "main"];
}

/** Flags that git takes only without a revision, with a list, or without another default. */
const alone: ReadonlyMap<string, readonly string[]> = new Map([
  ["describe --dirty", ["--always"]],
  ["describe --contains", ["--always", "HEAD"]],
  ["log --follow", ["--", "f.txt"]],
  ["rev-parse --verify", ["HEAD"]],
]);

const rows = git.verbs.flatMap((verb) =>
  verb.flags.map((flag) => [[...verb.verb, ...wordsOf(flag)].join(" "), verb, flag] as const),
);

describe.skipIf(!hasGit)("git", () => {
  it.each(rows)("takes what we render for %s", (_words, verb, flag) => {
    const operands = alone.get(`${verb.verb.join(" ")} ${flag.name}`) ?? operandsOf(verb);
    const needed = verb.requires?.includes("--message") === true ? ["--message=x", "--allow-empty"] : [];
    const options = [...wordsOf(flag), ...(verb.verb[0] === "describe" ? ["--tags"] : []), ...needed];
    const words = [...new Set(options)].filter((word, at, all) => all.findIndex((other) => same(other, word)) === at);
    const { status, stderr } = run(...verb.verb, ...words, ...operands);
    const { answerExitCodes } = commandOf(["git", ...verb.verb, ...words, ...operands]);
    const isAnswer = answerExitCodes.includes(status ?? -1);
    expect({ stderr: isAnswer ? "" : stderr, isAnswer }).toEqual({ stderr: "", isAnswer: true });
  });

  it("takes a word for a revision before `--` and for a path behind it", () => {
    expect(run("log", "--format=%s", "f.txt").stderr).toMatch(/bad revision/);
    expect(run("log", "--format=%s", "--", "f.txt").stdout.trim()).toMatch(/^add f\.txt$/m);
    expect(run("diff", "--name-only", "v1~2", "v1", "--", "d").stdout).toBe("d/g.txt\n");
  });

  it("takes paths literally", () => {
    expect(run("ls-files", "odd [1].txt").stdout).toBe("odd [1].txt\n");
    expect(run("ls-files", "odd [0-9].txt").stdout).toBe("");
  });

  it("shows the file that the model names", () => {
    expect(run("show", "v1:./d//g.txt").stdout).toBe("two\n");
    expect(run("blame", "f.txt").stdout).toMatch(/one$/m);
    expect(run("blame", "v1", "--", "d/g.txt").stdout).toMatch(/two$/m);
  });

  it("never reads standard input", () => {
    expect(run("shortlog", "-s").stdout).toMatch(/\d+\tt\n/);
  });

  it("pushes one source to one destination", () => {
    expect(run("push", "origin", "v1:ai-sre/one").status).toBe(0);
    expect(plain(clone, "ls-remote", "origin", "refs/heads/ai-sre/one").split("\t")[0]).toBe(
      plain(clone, "rev-parse", "v1^{commit}").trim(),
    );
  });
});

const same = (left: string, right: string): boolean => left.split("=", 1)[0] === right.split("=", 1)[0];
