// The gh toolset: pull requests and runs of the site's repository. Typed arguments → one gh argv each.
import * as z from "zod";
import type { Draft } from "../domain/command.ts";
import { branchName, dryRun, reason } from "./fields.ts";
import { changed, changeHints, defineTool, readHints } from "./tool.ts";

const gh = (...words: readonly (string | readonly string[])[]): Draft => ({
  action: "command",
  steps: [{ argv: ["gh", ...words.flat()] }],
});

const openWorld = { openWorldHint: true } as const;
const reads = { ...readHints, ...openWorld };
const number = z.int().min(1).max(999_999_999).describe("Number of the pull request");
const limit = z.int().min(1).max(100).optional().describe("How many");
const limited = (count: number | undefined): readonly string[] => (count === undefined ? [] : [`--limit=${count}`]);

export const ghPrList = defineTool({
  name: "gh_pr_list",
  toolset: "gh",
  title: "List open pull requests",
  description: "Lists the open pull requests of the repository.",
  annotations: reads,
  schema: z.strictObject({ limit }),
  draft: (input) => gh("pr", "list", limited(input.limit)),
});

export const ghPrView = defineTool({
  name: "gh_pr_view",
  toolset: "gh",
  title: "Show one pull request",
  description: "Shows title, state, description and reviews of one pull request.",
  annotations: reads,
  schema: z.strictObject({ number }),
  draft: (input) => gh("pr", "view", String(input.number)),
});

export const ghPrChecks = defineTool({
  name: "gh_pr_checks",
  toolset: "gh",
  title: "Show a pull request's checks",
  description: "Shows the CI checks of one pull request and how each ended.",
  annotations: reads,
  schema: z.strictObject({ number }),
  draft: (input) => gh("pr", "checks", String(input.number)),
});

export const ghRunList = defineTool({
  name: "gh_run_list",
  toolset: "gh",
  title: "List workflow runs",
  description: "Lists the latest runs of GitHub Actions.",
  annotations: reads,
  schema: z.strictObject({ limit }),
  draft: (input) => gh("run", "list", limited(input.limit)),
});

export const ghPrCreate = defineTool({
  name: "gh_pr_create",
  toolset: "gh",
  title: "Open a pull request",
  description:
    "Opens a pull request from a branch that git_push pushed into the base branch; people review and merge it.",
  annotations: { ...changeHints, ...openWorld, destructiveHint: false },
  schema: z.strictObject({
    title: z
      .string()
      .min(1)
      .max(256)
      .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must be one line of text"),
    description: z
      .string()
      .min(1)
      .max(8000)
      .regex(/^\P{Cs}*$/u, "must be whole characters")
      .describe("What it changes, why, and how to check it"),
    branch: branchName.describe("The branch that was pushed, e.g. ai-sre/raise-memory-limit"),
    base: branchName.optional().describe("Branch to merge into; the base branch when left out"),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) =>
    changed(
      gh(
        "pr",
        "create",
        `--title=${input.title}`,
        `--body=${input.description}`,
        `--head=${input.branch}`,
        input.base === undefined ? [] : `--base=${input.base}`,
      ),
      input,
    ),
});
