// What a repository, a remote or a clone's own configuration could make git do, and does not, with the environment it gets.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEnvironments } from "../../src/execution/environment.ts";
import { hasGit } from "./setup.ts";

const git = ["/usr/local/bin/git", "/usr/bin/git"].find((file) => existsSync(file)) ?? "git";
const serverUrl = "https://forge.example";
const environmentsOf = (homeDir: string) => createEnvironments({ homeDir, cacheDir: homeDir, forge: { serverUrl } });

/** A repository whose configuration names a program for everything that git can run; the program leaves a note. */
function trap() {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-pins-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const repository = path.join(folder, "r");
  const noted = path.join(folder, "noted");
  const program = path.join(folder, "program");
  writeFileSync(program, `#!/bin/sh\necho "$0 $@" >> ${noted}\ncat\n`);
  chmodSync(program, 0o755);
  const plain = { PATH: process.env["PATH"] ?? "", HOME: folder, GIT_CONFIG_GLOBAL: "/dev/null" };
  const run = (...words: readonly string[]) => execFileSync(git, words, { cwd: repository, env: plain, stdio: "pipe" });
  mkdirSync(repository);
  run("init", "--quiet", "--initial-branch=main");
  for (const name of ["user.name", "user.email"]) run("config", name, "x");
  writeFileSync(path.join(repository, "f.txt"), "one\n");
  run("add", "--all");
  run("commit", "--quiet", "--message", "one");
  mkdirSync(path.join(folder, "hooks"));
  for (const hook of ["pre-commit", "commit-msg", "post-commit", "reference-transaction", "pre-push"]) {
    writeFileSync(path.join(folder, "hooks", hook), `#!/bin/sh\necho ${hook} >> ${noted}\n`, { mode: 0o755 });
  }
  for (const [key, value] of [
    ["core.fsmonitor", program],
    ["core.hooksPath", path.join(folder, "hooks")],
    ["core.pager", program],
    ["core.editor", program],
    ["core.sshCommand", program],
    ["core.askPass", program],
    ["gpg.program", program],
    ["commit.gpgSign", "true"],
    ["credential.helper", program],
    ["log.showSignature", "true"],
  ] as const) {
    run("config", key, value);
  }
  writeFileSync(path.join(repository, "f.txt"), "two\n");
  return { folder, repository, noted: () => existsSync(noted) };
}

describe.skipIf(!hasGit)("git with the environment that it gets", () => {
  it.each([
    ["status"],
    ["log", "-1", "--patch", "--no-ext-diff", "--no-textconv"],
    ["diff", "--no-ext-diff", "--no-textconv"],
    ["commit", "--all", "--message=two"],
    ["fetch", "ssh://nowhere.invalid/x"],
    ["fetch", "ext::sh -c true"],
    ["fetch", "file:///etc"],
    ["ls-remote", "http://127.0.0.1:9/"],
  ])("runs nothing that the configuration names: git %s", (...words) => {
    const { repository, folder, noted } = trap();
    const environment = environmentsOf(folder)("git", true);
    const { error } = spawnSync(git, words, { cwd: repository, env: environment, timeout: 20_000 });
    expect(error).toBeUndefined();
    expect(noted()).toBe(false);
  });

  it("would run it without the pins: the trap works", () => {
    const { repository, noted } = trap();
    spawnSync(git, ["status"], { cwd: repository, env: { PATH: process.env["PATH"] ?? "" } });
    expect(noted()).toBe(true);
  });

  it("knows no protocol, and to talk only the one that the broker reads", () => {
    const { repository, folder } = trap();
    const refused = (talks: boolean, address: string): boolean => {
      const env = environmentsOf(folder)("git", talks);
      const { stderr } = spawnSync(git, ["fetch", address], { cwd: repository, env, encoding: "utf8" });
      return /transport '[a-z]+' not allowed/.test(stderr);
    };
    const never = ["/etc", "file:///etc", "https://127.0.0.1:9/x", "git://127.0.0.1/x", "ext::true"];
    const silent = [...never, "http://127.0.0.1:9/x", "https://forge.example/x"];
    expect(never.filter((address) => !refused(true, address))).toEqual([]);
    expect(silent.filter((address) => !refused(false, address))).toEqual([]);
  });

  it("asks the forge in plain http, through the proxy", () => {
    const { repository, folder } = trap();
    const env = { ...environmentsOf(folder)("git", true), http_proxy: "http://nonce:x@127.0.0.1:9" };
    const { stderr } = spawnSync(git, ["ls-remote", `${serverUrl}/o/r.git`], {
      cwd: repository,
      env,
      encoding: "utf8",
    });
    expect(stderr).toMatch(/unable to access 'http:\/\/forge\.example\/o\/r\.git\/'.*127\.0\.0\.1/s);
  });
});

describe("the environment", () => {
  it("gives gh one host and nothing to be led astray by", () => {
    const { GH_ENTERPRISE_TOKEN, GH_TOKEN, GH_HOST, GH_CONFIG_DIR } = environmentsOf("/nonexistent")("gh", true);
    expect([GH_ENTERPRISE_TOKEN, GH_TOKEN, GH_HOST, GH_CONFIG_DIR]).toEqual([
      undefined,
      undefined,
      "forge.example",
      "/nonexistent/gh",
    ]);
  });
});
