// The repository o/r of the stand-in for GitHub: two pull requests, one issue, one workflow and its runs. GraphQL's side is
// held to GitHub's schema; REST's answers are written down. A pull request that is opened is there afterwards.
import * as z from "zod";
import { type Fields, notFound, type Roots, type Value } from "./schema.ts";

const at = "2026-01-31T12:00:00Z";
const bot: Fields = { __typename: "User", id: "U_1", login: "bot", name: "Bot" };
const web = "https://github.com/o/r";

const connection = (nodes: readonly Fields[]): Fields => ({
  totalCount: nodes.length,
  nodes,
  pageInfo: { hasNextPage: false },
});

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly base: string;
  readonly head: string;
  readonly draft: boolean;
}

/** How the check `test` of every pull request stands. */
export type CheckState = "FAILURE" | "SUCCESS" | "running";

const checks = (state: CheckState): Fields =>
  connection([
    {
      __typename: "CheckRun",
      name: "test",
      ...(state === "running"
        ? { status: "IN_PROGRESS", conclusion: null, completedAt: null }
        : { status: "COMPLETED", conclusion: state, completedAt: "2026-01-31T12:01:00Z" }),
      startedAt: at,
      detailsUrl: `${web}/actions/runs/5/job/51`,
      isRequired: true,
      checkSuite: { workflowRun: { workflow: { name: "build" } } },
    },
    { __typename: "StatusContext", context: "lint", state: "SUCCESS", targetUrl: `${web}/lint`, isRequired: false },
  ]);

const pullFields = (pull: Pull, state: CheckState): Fields => ({
  __typename: "PullRequest",
  id: `PR_${pull.number}`,
  number: pull.number,
  title: pull.title,
  body: pull.body,
  state: "OPEN",
  isDraft: pull.draft,
  url: `${web}/pull/${pull.number}`,
  author: bot,
  baseRefName: pull.base,
  headRefName: pull.head,
  headRepositoryOwner: bot,
  headRepository: { id: "R_1", name: "r", owner: bot },
  additions: 1,
  deletions: 1,
  createdAt: at,
  commits: {
    totalCount: 1,
    nodes: [{ commit: { oid: "0123abc", statusCheckRollup: { contexts: () => checks(state) } } }],
  },
  labels: () => connection([{ id: "L_1", name: "bug", color: "ff0000" }]),
  comments: () => connection([{ id: "C_1", author: bot, body: "Looks right to me.", createdAt: at, url: web }]),
});

const issue: Fields = {
  __typename: "Issue",
  id: "I_3",
  number: 3,
  title: "web is killed for its memory",
  body: "Every night.",
  state: "OPEN",
  url: `${web}/issues/3`,
  author: bot,
  createdAt: at,
  updatedAt: at,
  labels: () => connection([{ id: "L_1", name: "bug", color: "ff0000" }]),
};

/** gh asks for the jobs where the answer says they are, and sends its token only to the host that it knows. */
const runAt = (apiUrl: string) => ({
  id: 5,
  name: "build",
  display_title: "fix: memory",
  status: "completed",
  conclusion: "failure",
  event: "pull_request",
  head_branch: "ai-sre/x",
  head_sha: "0123abc",
  run_attempt: 1,
  run_number: 5,
  workflow_id: 9,
  created_at: at,
  run_started_at: at,
  updated_at: "2026-01-31T12:01:00Z",
  html_url: `${web}/actions/runs/5`,
  jobs_url: `${apiUrl}/repos/o/r/actions/runs/5/jobs`,
  check_suite_url: `${apiUrl}/repos/o/r/check-suites/6`,
  head_repository: { name: "r", owner: { login: "o" } },
});
const job = {
  id: 51,
  run_id: 5,
  name: "test",
  status: "completed",
  conclusion: "failure",
  started_at: at,
  completed_at: "2026-01-31T12:01:00Z",
  html_url: `${web}/actions/runs/5/job/51`,
  steps: [{ name: "make test", number: 1, status: "completed", conclusion: "failure" }],
};
const workflow = { id: 9, name: "build", path: ".github/workflows/build.yml", state: "active" };

const diff =
  "diff --git a/apps/web.yaml b/apps/web.yaml\n--- a/apps/web.yaml\n+++ b/apps/web.yaml\n-replicas: 1\n+replicas: 2\n";

/** REST: path below /repos/o/r → answer. A text is a diff. */
const restOf = (apiUrl: string): Readonly<Record<string, object | string>> => ({
  "/pulls/17": diff,
  "/actions/runs": { total_count: 1, workflow_runs: [runAt(apiUrl)] },
  "/actions/runs/5": runAt(apiUrl),
  "/actions/runs/5/jobs": { total_count: 1, jobs: [job] },
  "/actions/runs/5/artifacts": { total_count: 0, artifacts: [] },
  "/check-runs/51/annotations": [],
  "/actions/workflows": { total_count: 1, workflows: [workflow] },
  "/actions/workflows/9": workflow,
  "/readme": { name: "README.md", encoding: "base64", content: Buffer.from("# o/r\n").toString("base64") },
});

const inputSchema = z.object({
  repositoryId: z.literal("R_1"),
  baseRefName: z.string(),
  headRefName: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().nullish(),
});

export interface Repository {
  readonly graphQl: Roots;
  /** Undefined: not found. */
  readonly rest: (path: string, apiUrl: string) => object | string | undefined;
}

/** A repository of its own for every test. */
export function createRepository(checkState: () => CheckState = () => "FAILURE"): Repository {
  const fieldsOf = (pull: Pull): Fields => pullFields(pull, checkState());
  const pulls: Pull[] = [
    { number: 17, title: "fix: memory", body: "More of it.", base: "main", head: "ai-sre/x", draft: false },
    { number: 16, title: "feat: cache", body: "Faster.", base: "main", head: "cache", draft: true },
  ];
  const pullOf = (wanted: unknown): Fields | undefined =>
    pulls.filter(({ number }) => number === wanted).map(fieldsOf)[0];
  const repository: Fields = {
    __typename: "Repository",
    id: "R_1",
    name: "r",
    nameWithOwner: "o/r",
    owner: { __typename: "Organization", id: "O_1", login: "o" },
    description: "Everything",
    hasIssuesEnabled: true,
    viewerPermission: "WRITE",
    defaultBranchRef: { name: "main" },
    pullRequest: ({ number }) => pullOf(number) ?? notFound(`PullRequest with the number of ${String(number)}`),
    pullRequests: ({ headRefName }) =>
      connection(
        pulls
          .filter(({ head }) => headRefName === undefined || headRefName === null || head === headRefName)
          .map(fieldsOf),
      ),
    issues: () => connection([issue]),
    issueOrPullRequest: ({ number }): Value =>
      number === 3 ? issue : (pullOf(number) ?? notFound(`issue or pull request with the number of ${String(number)}`)),
  };
  return {
    rest: (path, apiUrl) => restOf(apiUrl)[path],
    graphQl: {
      query: {
        repository: ({ owner, name }) =>
          owner === "o" && name === "r"
            ? repository
            : notFound(`Repository with the name '${String(owner)}/${String(name)}'`),
        viewer: bot,
        node: ({ id }) => pulls.filter(({ number }) => `PR_${number}` === id).map(fieldsOf)[0] ?? null,
      },
      mutation: {
        createPullRequest: ({ input }) => {
          const { title, body, baseRefName: base, headRefName: head, draft } = inputSchema.parse(input);
          const pull = { number: 18, title, body: body ?? "", base, head, draft: draft ?? false };
          pulls.unshift(pull);
          return { pullRequest: fieldsOf(pull) };
        },
      },
    },
  };
}
