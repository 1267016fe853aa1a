// The whole way with the real gh: a call of a tool, the server, gh, and a stand-in for GitHub that holds every query to GitHub's
// own schema. What it answers comes through, and what policy shuts never reaches it.
import { spawnSync } from "node:child_process";
import { chmodSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gh } from "../../src/command/grammar/gh.ts";
import { locate } from "../command/installed.ts";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { type GitHub, githubToken, startGitHub } from "../helpers/github/server.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

describe.skipIf(locate(gh) === undefined)("gh behind the gate", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-github-"));
  let github: GitHub;
  let server: ServerProcess;
  let client: AnyClient;
  beforeAll(async () => {
    const socket = path.join(folder, "github.sock");
    github = await startGitHub(socket);
    const dataFile = path.join(folder, "site.yaml");
    writeFileSync(dataFile, "toolsets: [gh, git, cli, server]\n");
    server = await startServer({
      GITHUB_REPO: "o/r",
      GITHUB_TOKEN: githubToken,
      GITHUB_SERVER_URL: github.url,
      AISRE_POLICY_DATA: dataFile,
      TMPDIR: folder,
    });
    sendTo(socket);
    client = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(server);
  });
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await github?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** gh's own setting for where its requests go, put into the folder that the server gave it. */
  function sendTo(socket: string): void {
    for (const home of globSync(path.join(folder, "ai-sre-*/home"))) {
      chmodSync(home, 0o700);
      writeFileSync(path.join(home, "config.yml"), `http_unix_socket: ${socket}\n`);
    }
  }

  const call = async (tool: string, own: Record<string, unknown> = {}): Promise<Answer> =>
    readAnswer((await client.call(tool, own)).structuredContent);
  const asked = async (question: () => Promise<Answer>) => {
    const before = github.requests.length;
    return { answer: await question(), requests: github.requests.slice(before) };
  };

  it.each<[tool: string, own: Record<string, unknown>, printed: RegExp]>([
    ["gh_pr_list", {}, /^17\tfix: memory\tai-sre\/x\tOPEN[^\n]*\n16\tfeat: cache\tcache\tDRAFT/],
    ["gh_pr_view", { number: 17 }, /^title:\tfix: memory\n(.*\n)*labels:\tbug\n(.*\n)*--\nMore of it\./],
    ["gh_run_list", { limit: 5 }, /^completed\tfailure\tfix: memory\tbuild\tai-sre\/x\tpull_request\t5\t/],
    ["cli_tool", { command: "gh pr view 17 --comments" }, /Looks right to me\./],
    ["cli_tool", { command: "gh pr view 17 --json title,labels -q .labels[0].name" }, /^bug\n$/],
    ["cli_tool", { command: "gh pr diff 17" }, /^\+replicas: 2$/m],
    ["cli_tool", { command: "gh issue list" }, /^3\tOPEN\tweb is killed for its memory\tbug\t/],
    ["cli_tool", { command: "gh issue view 3" }, /^title:\tweb is killed for its memory\n(.*\n)*Every night\./],
    ["cli_tool", { command: "gh run view 5" }, /X test in 1m0s \(ID 51\)\n +X make test/],
    ["cli_tool", { command: "gh run list --json databaseId,conclusion -q .[].conclusion" }, /^failure\n$/],
    ["cli_tool", { command: "gh workflow list" }, /^build\tactive\t9\n$/],
    ["cli_tool", { command: "gh repo view o/r" }, /^name:\to\/r\ndescription:\tEverything\n/],
    ["cli_tool", { command: "gh pr list | cut -f 1 | sort -n" }, /^16\n17\n$/],
  ])("%s %j", async (tool, own, printed) => {
    const { answer, requests } = await asked(() => call(tool, own));
    expect(answer, JSON.stringify(answer)).toMatchObject({ outcome: "succeeded", code: "ok" });
    expect(answer.stdout).toMatch(printed);
    expect(requests.length).toBeGreaterThan(0);
  });

  it("tells what the checks say, and that gh's exit code means a check that failed or an error", async () => {
    const answer = await call("gh_pr_checks", { number: 17 });
    expect(answer).toMatchObject({ outcome: "failed", code: "exited" });
    expect(answer.stdout).toMatch(/^test\tfail\t1m0s\t.*\nlint\tpass\t/);
  });

  it("tells in gh's words what is not there", async () => {
    const answer = await call("gh_pr_view", { number: 99 });
    expect(answer).toMatchObject({ outcome: "failed", code: "exited" });
    expect(answer.stderr).toMatch(/Could not resolve to a PullRequest with the number of 99/);
  });

  it.each([
    ["gh pr list -R p/q", "denied"],
    ["gh repo view p/q", "denied"],
    ["gh pr merge 17", "not_understood"],
    ["gh api user", "not_understood"],
    ["gh pr view https://github.com/p/q/pull/1", "not_understood"],
    ["gh pr list --json number -q env.GH_TOKEN", "denied"],
    ["gh pr create --title x --body y --head main", "denied"],
  ])("%s asks GitHub nothing", async (command, code) => {
    const { answer, requests } = await asked(() => call("cli_tool", { command }));
    expect(answer, JSON.stringify(answer)).toMatchObject({ code });
    expect(requests).toEqual([]);
  });

  it("asks a person before it opens a pull request, and GitHub's clone alone before that", async () => {
    const command = "gh pr create --title x --body y --head ai-sre/x";
    const { answer, requests } = await asked(() => call("cli_tool", { command }));
    expect(answer).toMatchObject({ code: "approval_required" });
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /o/r.git/info/refs?service=git-upload-pack",
    ]);
  });

  it("shows the token to GitHub, and to nobody else", async () => {
    const { answer, requests } = await asked(() => call("gh_pr_list"));
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set([`token ${githubToken}`]));
    const told = [JSON.stringify(answer), server.auditText(), server.stderr()].join("\n");
    expect(told).not.toContain(githubToken);
    const { stdout } = spawnSync("grep", ["-rlF", githubToken, folder], { encoding: "utf8" });
    expect(stdout).toBe("");
  });
});
