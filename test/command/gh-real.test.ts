// gh itself against a stand-in for GitHub on a Unix socket: what we render asks the repository that the model names, and no other.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ghEnvironment } from "../../src/execution/forge-environment.ts";
import { commandOf } from "./reading.ts";

const gh = ["/usr/local/bin/gh", "/usr/bin/gh"].find((file) => existsSync(file));

interface Request {
  readonly url: string;
  readonly authorization: string;
  readonly body: string;
}

const pull = {
  number: 17,
  title: "fix: memory",
  state: "OPEN",
  url: "https://github.com/o/r/pull/17",
  headRefName: "ai-sre/x",
  isCrossRepository: false,
};
const repository = {
  id: "R_1",
  name: "r",
  nameWithOwner: "o/r",
  owner: { id: "O_1", login: "o" },
  viewerPermission: "WRITE",
  defaultBranchRef: { name: "main" },
  isPrivate: false,
  parent: null,
  pullRequest: pull,
  pullRequests: { totalCount: 1, nodes: [pull], pageInfo: { hasNextPage: false, endCursor: "" } },
};
const answer = {
  data: {
    repository,
    viewer: { login: "bot" },
    createPullRequest: { pullRequest: { id: "PR_1", url: "https://github.com/o/r/pull/18" } },
  },
};

/** Runs what is rendered for the words, the way the server would; every request goes to the stand-in. */
async function ask(...words: readonly string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-gh-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const requests: Request[] = [];
  const socket = path.join(folder, "s");
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { url = "", headers } = request;
      requests.push({ url, authorization: headers.authorization ?? "", body: Buffer.concat(chunks).toString() });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(url.endsWith("/graphql") ? answer : { workflow_runs: [], total_count: 0 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  writeFileSync(path.join(folder, "config.yml"), `http_unix_socket: ${socket}\n`);
  const environment = ghEnvironment({ serverUrl: "https://github.com", token: "a-token" }, true, folder);
  const [, ...rendered] = commandOf(["gh", ...words]).argv;
  const child = spawn(gh ?? "", rendered, { env: { ...environment, HOME: folder, NO_COLOR: "1" }, cwd: folder });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise((resolve) => child.on("close", resolve));
  return { status, stdout, stderr, requests };
}

const named = ({ body }: Request) => /"owner":"([^"]*)"/.exec(body)?.[1];

describe.skipIf(gh === undefined)("gh", () => {
  it("lists the pull requests of the repository that is rendered", async () => {
    const { status, stdout, requests, stderr } = await ask("pr", "list", "--json", "number,title", "-q", ".[].title");
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "fix: memory\n", stderr: "" });
    expect(requests.map(named).filter((owner) => owner !== undefined)).toEqual(["o"]);
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set(["token a-token"]));
  });

  it("views one by its number", async () => {
    const { status, stdout, requests } = await ask("pr", "view", "17", "--json", "title,state");
    expect({ status, answer: JSON.parse(stdout) }).toEqual({
      status: 0,
      answer: { state: "OPEN", title: "fix: memory" },
    });
    expect(requests.map(({ body }) => body).join()).toContain("17");
  });

  it("lists runs", async () => {
    const { requests } = await ask("run", "list");
    expect(requests.every(({ url }) => url.includes("repos/o/r/") || url.endsWith("/graphql"))).toBe(true);
    expect(requests.length).toBeGreaterThan(0);
  });

  it("opens a pull request without asking, without a clone and without a browser", async () => {
    const words = ["--title", "fix: memory", "--body", "why\n\n- a", "--head", "ai-sre/x"];
    const { status, stdout, stderr, requests } = await ask("pr", "create", ...words);
    expect({ status, stdout: stdout.trim(), stderr }).toMatchObject({
      status: 0,
      stdout: "https://github.com/o/r/pull/18",
    });
    const made = requests.map(({ body }) => body).find((body) => body.includes("createPullRequest"));
    expect(made).toContain('"headRefName":"ai-sre/x"');
    expect(made).toContain('"baseRefName":"main"');
  });
});
