// A stand-in for GitHub on a Unix socket: it records what gh asks, and answers with one of everything.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

export interface ForgeRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface RecordingForge {
  /** gh's settings, which lead it to the socket; its HOME too. */
  readonly folder: string;
  /** What was asked since the last call. */
  readonly take: () => readonly ForgeRequest[];
  readonly close: () => Promise<void>;
}

const at = "2026-01-01T00:00:00Z";
const page = { hasNextPage: false, endCursor: "" };
const listOf = (...nodes: readonly object[]) => ({ totalCount: nodes.length, nodes, pageInfo: page });
const author = { login: "a", id: "U_1", name: "a" };
const item = {
  __typename: "PullRequest",
  id: "I_1",
  number: 17,
  title: "a title",
  body: "a body",
  state: "OPEN",
  url: "https://github.com/o/r/pull/17",
  author,
  createdAt: at,
  updatedAt: at,
  headRefName: "ai-sre/x",
  baseRefName: "main",
  headRepositoryOwner: author,
  isCrossRepository: false,
  comments: listOf(),
  commits: listOf({ commit: { statusCheckRollup: { contexts: listOf() } } }),
  statusCheckRollup: listOf(),
};
const repository = {
  id: "R_1",
  name: "r",
  nameWithOwner: "o/r",
  owner: author,
  viewerPermission: "WRITE",
  defaultBranchRef: { name: "main" },
  hasIssuesEnabled: true,
  parent: null,
  issue: item,
  pullRequest: item,
  pullRequests: listOf(item),
  issues: listOf(item),
};
const graphql = {
  data: {
    repository,
    viewer: author,
    search: { issueCount: 1, ...listOf(item) },
    createPullRequest: { pullRequest: item },
  },
};
const run = {
  id: 17,
  name: "a run",
  status: "completed",
  conclusion: "success",
  head_branch: "main",
  head_sha: "abc",
  event: "push",
  created_at: at,
  updated_at: at,
  run_started_at: at,
  workflow_id: 1,
  html_url: "https://github.com/o/r/actions/runs/17",
};
const rest = {
  ...run,
  total_count: 1,
  workflow_runs: [run],
  workflows: [{ id: 1, name: "build", state: "active", path: ".github/workflows/build.yml" }],
  jobs: [{ ...run, steps: [] }],
  artifacts: [],
};

export async function startRecordingForge(): Promise<RecordingForge> {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-forge-"));
  const socket = path.join(folder, "s");
  let asked: ForgeRequest[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const { method = "", url = "" } = request;
      asked.push({ method, path: url, body });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(url.endsWith("/graphql") ? graphql : rest));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  writeFileSync(path.join(folder, "config.yml"), `http_unix_socket: ${socket}\n`);
  return {
    folder,
    take: () => {
      const taken = asked;
      asked = [];
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
