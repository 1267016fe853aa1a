// gh itself against a stand-in for GitHub on a Unix socket: what we render asks the repository that the model names, and no
// other, and asks nothing that GitHub's schema lacks.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { gh } from "../../src/command/grammar/gh.ts";
import { ghEnvironment } from "../../src/execution/forge-environment.ts";
import { githubToken, startGitHub } from "../helpers/github/server.ts";
import { locate } from "./installed.ts";
import { commandOf } from "./reading.ts";

const file = locate(gh);

/** Runs what is rendered for the words, the way the server would; every request goes to the stand-in. */
async function ask(words: readonly string[], token = githubToken) {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-gh-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const socket = path.join(folder, "s");
  const { requests, stop } = await startGitHub(socket);
  onTestFinished(stop);
  writeFileSync(path.join(folder, "config.yml"), `http_unix_socket: ${socket}\n`);
  const environment = { ...ghEnvironment({ serverUrl: "https://github.com" }, folder), GH_TOKEN: token };
  const [, ...rendered] = commandOf(["gh", ...words]).argv;
  const child = spawn(file ?? "", rendered, { env: { ...environment, HOME: folder, NO_COLOR: "1" }, cwd: folder });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise((resolve) => child.on("close", resolve));
  return { status, stdout, stderr, requests };
}

const sentSchema = z.object({ variables: z.record(z.string(), z.unknown()) });

describe.skipIf(file === undefined)("gh", () => {
  it("lists the pull requests of the repository that is rendered", async () => {
    const { status, stdout, requests, stderr } = await ask(["pr", "list", "--json", "number,title", "-q", ".[].title"]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "fix: memory\nfeat: cache\n", stderr: "" });
    const variables = requests.map(({ body }) => sentSchema.parse(JSON.parse(body)).variables);
    expect(variables).toMatchObject([{ owner: "o", repo: "r" }]);
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set([`token ${githubToken}`]));
  });

  it("asks for every field that its --json knows, and GitHub has them all", async () => {
    const { stderr } = await ask(["pr", "view", "17", "--json", "nothing"]);
    const fields = [...stderr.matchAll(/^ {2}(\w+)$/gm)].map(([, name = ""]) => name);
    expect(fields).toContain("statusCheckRollup");
    const { status, stdout } = await ask(["pr", "view", "17", "--json", fields.join(",")]);
    expect({ status, keys: Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(stdout))) }).toEqual({
      status: 0,
      keys: fields.toSorted(),
    });
  });

  it("lists runs", async () => {
    const { status, requests } = await ask(["run", "list"]);
    expect(status).toBe(0);
    expect(requests.map(({ path: asked }) => asked.split("?")[0])).toEqual(
      expect.arrayContaining(["/repos/o/r/actions/runs"]),
    );
    expect(requests.every(({ path: asked }) => asked.startsWith("/repos/o/r/"))).toBe(true);
  });

  it("opens a pull request without asking, without a clone and without a browser", async () => {
    const words = ["--title", "fix: memory", "--body", "why\n\n- a", "--head", "ai-sre/y"];
    const { status, stdout, stderr, requests } = await ask(["pr", "create", ...words]);
    expect({ status, stdout: stdout.trim(), stderr }).toMatchObject({
      status: 0,
      stdout: "https://github.com/o/r/pull/18",
    });
    const made = requests.map(({ body }) => body).find((body) => body.includes("createPullRequest"));
    expect(sentSchema.parse(JSON.parse(made ?? "")).variables).toMatchObject({
      input: { repositoryId: "R_1", baseRefName: "main", headRefName: "ai-sre/y", body: "why\n\n- a" },
    });
  });

  it("opens no second pull request for a branch that has one", async () => {
    const { status, stderr } = await ask(["pr", "create", "--title", "x", "--body", "y", "--head", "ai-sre/x"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/a pull request for branch "ai-sre\/x" into branch "main" already exists/);
  });

  it("says when GitHub does not take the token", async () => {
    const { status, stderr } = await ask(["pr", "list"], "another-token");
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/Bad credentials/);
  });
});

describe("the stand-in for GitHub", () => {
  const question = async (query: string): Promise<unknown> => {
    const { url, stop } = await startGitHub();
    onTestFinished(stop);
    const authorization = `bearer ${githubToken}`;
    const init = { method: "POST", headers: { authorization }, body: JSON.stringify({ query }) };
    return (await fetch(`${url}/api/graphql`, init)).json();
  };

  it("refuses what GitHub's schema does not have", async () => {
    expect(await question('{ repository(owner: "o", name: "r") { secrets { value } } }')).toMatchObject({
      errors: [{ message: 'Cannot query field "secrets" on type "Repository".' }],
    });
    expect(
      await question('{ repository(owner: "o", name: "r") { pullRequests(first: "ten") { totalCount } } }'),
    ).toHaveProperty("errors");
  });

  it("answers in GitHub's types, and says what it does not hold", async () => {
    expect(
      await question('{ repository(owner: "o", name: "r") { name isPrivate pullRequest(number: 16) { isDraft } } }'),
    ).toEqual({
      data: { repository: { name: "r", isPrivate: false, pullRequest: { isDraft: true } } },
    });
    expect(await question('{ repository(owner: "p", name: "q") { name } }')).toMatchObject({
      data: { repository: null },
      errors: [{ type: "NOT_FOUND", path: ["repository"] }],
    });
  });
});
