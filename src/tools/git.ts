// The git toolset: typed arguments → git argvs, and for a commit the files before them. The grammar reads those argvs like any other.
import * as z from "zod";
import type { Draft, DraftStep } from "../domain/command.ts";
import { branchName, dryRun, filePath, reason, revision } from "./fields.ts";
import { changed, changeHints, defineTool, readHints } from "./tool.ts";

const steps = (...all: readonly DraftStep[]): Draft => ({ action: "command", steps: all });
const git = (...words: readonly (string | readonly string[])[]): DraftStep => ({ argv: ["git", ...words.flat()] });

const openWorld = { openWorldHint: true } as const;

export const gitStatus = defineTool({
  name: "git_status",
  toolset: "git",
  title: "Show the base and the open branches",
  description:
    "Lists the branches of the GitOps repository with their last commits: the base branch and what is open beside it.",
  annotations: readHints,
  schema: z.strictObject({}),
  draft: () => steps(git("branch", "--all", "--verbose", "--no-abbrev")),
});

export const gitLog = defineTool({
  name: "git_log",
  toolset: "git",
  title: "List commits",
  description: "Lists commits of the GitOps repository, newest first, one a line. Use path to see what changed a file.",
  annotations: readHints,
  schema: z.strictObject({
    ref: revision.optional().describe("e.g. origin/main or main..ai-sre/fix-1"),
    path: filePath.optional().describe("Only this file or folder"),
    limit: z.int().min(1).max(500).optional().describe("Default 20"),
  }),
  draft: ({ ref, path, limit = 20 }) =>
    steps(
      git("log", "--format=format:%h %ad %an %s", "--date=iso-strict", `--max-count=${limit}`, ref ?? [], only(path)),
    ),
});

export const gitDiff = defineTool({
  name: "git_diff",
  toolset: "git",
  title: "Compare two revisions",
  description: "Shows what ref changes since it left base (the remote's base branch by default), with a summary first.",
  annotations: readHints,
  schema: z.strictObject({
    base: revision.optional().describe("e.g. origin/main"),
    ref: revision.optional().describe("Default HEAD"),
    path: filePath.optional().describe("Only this file or folder"),
  }),
  draft: ({ base = "origin/HEAD", ref = "HEAD", path }) =>
    steps(git("diff", "--patch-with-stat", "--end-of-options", `${base}...${ref}`, only(path))),
});

export const gitPull = defineTool({
  name: "git_pull",
  toolset: "git",
  title: "Bring the work tree up to date",
  description: "Fetches the remote and fast-forwards the work tree to its base branch.",
  annotations: { ...changeHints, ...openWorld, destructiveHint: false, idempotentHint: true },
  schema: z.strictObject({ reason, dry_run: dryRun }),
  draft: (input) => changed(steps(git("pull")), input),
});

export const gitCommit = defineTool({
  name: "git_commit",
  toolset: "git",
  title: "Commit files on a branch of its own",
  description:
    "Writes or deletes files on top of the remote's base branch and commits them on a new branch ai-sre/NAME. Answers the commit id; git_push sends it. Nothing leaves the server yet.",
  annotations: { ...changeHints, destructiveHint: false },
  schema: z.strictObject({
    message: z
      .string()
      .min(1)
      .max(8000)
      .regex(/^[^\s\p{Cs}][^\0\r\p{Cs}]*$/u, "must begin with a word")
      .describe("Commit message: a short subject, then why"),
    changes: z
      .array(
        z
          .strictObject({
            path: filePath,
            content: z.string().max(262_144).optional().describe("The whole new content of the file"),
            delete: z.literal(true).optional().describe("Delete the file instead"),
          })
          .refine(({ content, delete: gone }) => (content === undefined) === (gone === true), {
            path: ["content"],
            message: "give either `content` or `delete`",
          }),
      )
      .min(1)
      .max(50)
      .describe("The files, each with its whole content"),
    branch: branchName.describe("New branch, e.g. ai-sre/raise-memory-limit"),
    base: branchName.optional().describe("Branch of the remote to start from; the base branch when left out"),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) => {
    const files = input.changes.map(({ path, content }) => ({ path, ...(content === undefined ? {} : { content }) }));
    const paths = files.map(({ path }) => path);
    const draft = steps({ files }, git("add", "--all", "--", paths), git("commit", `--message=${input.message}`));
    const workBranch = { branch: input.branch, ...(input.base === undefined ? {} : { base: input.base }) };
    return changed({ ...draft, workBranch }, input);
  },
});

export const gitPush = defineTool({
  name: "git_push",
  toolset: "git",
  title: "Push one commit to one branch",
  description: "Pushes a commit that git_commit answered to its branch ai-sre/NAME on the remote.",
  annotations: { ...changeHints, ...openWorld },
  schema: z.strictObject({
    commit: z
      .string()
      .regex(/^[0-9a-f]{7,64}$/, "must be a commit id as git_commit answers it")
      .describe("Commit id, as git_commit answered it"),
    branch: branchName.describe("Branch on the remote, e.g. ai-sre/raise-memory-limit"),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) => changed(steps(git("push", "origin", `${input.commit}:refs/heads/${input.branch}`)), input),
});

const only = (path: string | undefined): readonly string[] => (path === undefined ? [] : ["--", path]);
