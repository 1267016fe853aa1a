// What a repository, a remote or a clone's own configuration could make git do, and does not, with the environment it gets.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEnvironments } from "../../src/execution/environment.ts";
import { hasGit } from "./setup.ts";

const git = ["/usr/local/bin/git", "/usr/bin/git"].find((file) => existsSync(file)) ?? "git";
const secret = "a-token-for-one-server";
const serverUrl = "https://forge.example";
const environmentsOf = (homeDir: string) =>
  createEnvironments({ homeDir, cacheDir: homeDir, forge: { serverUrl, token: secret } });

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

  it("takes no protocol but that of the forge", () => {
    const { repository, folder } = trap();
    for (const address of ["/etc", "file:///etc", "http://127.0.0.1:9/x", "git://127.0.0.1/x", "ext::true"]) {
      const { stderr } = spawnSync(git, ["fetch", address], {
        cwd: repository,
        env: environmentsOf(folder)("git", true),
        encoding: "utf8",
      });
      expect(stderr, address).toMatch(/transport '[a-z]+' not allowed/);
    }
  });

  it("sends the token to nobody but the forge", async () => {
    const heard: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const { repository, folder } = trap();
    // The same token for another server, with this one's protocol allowed.
    const forge = { serverUrl: "http://127.0.0.1:1", token: secret };
    const environment = createEnvironments({ homeDir: folder, cacheDir: folder, forge })("git", true);
    const { spawn } = await import("node:child_process");
    const child = spawn(git, ["ls-remote", `http://127.0.0.1:${port}/o/r.git`], { cwd: repository, env: environment });
    await new Promise((resolve) => child.on("exit", resolve));
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.filter((header) => header !== undefined)).toEqual([]);
  });
});

describe("the environment", () => {
  it("holds the token only for git and gh, and only when they talk", () => {
    const environments = environmentsOf("/nonexistent");
    const encoded = Buffer.from(`x-access-token:${secret}`).toString("base64");
    const holds = (binary: string, talks: boolean) => {
      const text = JSON.stringify(environments(binary, talks));
      return text.includes(secret) || text.includes(encoded);
    };
    expect([holds("git", true), holds("gh", true)]).toEqual([true, true]);
    expect(["git", "gh", "kubectl", "jq"].filter((binary) => holds(binary, false))).toEqual([]);
    expect(["kubectl", "jq", "curl"].filter((binary) => holds(binary, true))).toEqual([]);
  });

  it("gives gh the token of its host and nothing to be led astray by", () => {
    const { GH_ENTERPRISE_TOKEN, GH_TOKEN, GH_HOST } = environmentsOf("/nonexistent")("gh", true);
    expect([GH_ENTERPRISE_TOKEN, GH_TOKEN, GH_HOST]).toEqual([secret, undefined, "forge.example"]);
    const forge = { serverUrl: "https://github.com", token: secret };
    const github = createEnvironments({ homeDir: "/h", cacheDir: "/c", forge })("gh", true);
    expect([github["GH_TOKEN"], github["GH_ENTERPRISE_TOKEN"], github["GH_CONFIG_DIR"]]).toEqual([
      secret,
      undefined,
      "/h",
    ]);
  });
});
