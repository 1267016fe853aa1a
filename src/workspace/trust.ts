// Whether git may run in the clone at all: its configuration, the link between a work tree and it, and what the commits hold
// that a plan rests on. Asked by work-tree.ts at both looks; what has not changed since is not looked at again.
import { existsSync } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import path from "node:path";
import { type Clone, GitFailure } from "./clone.ts";
import { configStamp, foreignKey } from "./foreign-config.ts";
import { findStranger } from "./strangers.ts";

/** Commits whose answers are remembered; an answer never changes. */
const maxRemembered = 64;

export interface Trust {
  /** Why not even the server's own git may run, when there is a clone already. @throws GitFailure */
  configuration(): Promise<string | undefined>;
  /** Why no git command may run; undefined when one may. @throws GitFailure */
  problem(commits: readonly string[], tree: string | undefined): Promise<string | undefined>;
}

export function createTrust({ gitFolder, read }: Pick<Clone, "gitFolder" | "read">): Trust {
  const gitDir = path.join(gitFolder, ".git");
  const strangers = new Map<string, string | undefined>();
  let config: { readonly stamp: string; readonly key: string | undefined } | undefined;

  const foreign = async (): Promise<string | undefined> => {
    const stamp = await configStamp(gitDir).catch(() => undefined);
    if (stamp === undefined) throw new GitFailure("the clone has lost its configuration");
    if (config?.stamp !== stamp) config = { stamp, key: await foreignKey(read, gitDir) };
    return config.key;
  };
  const stranger = async (commit: string): Promise<string | undefined> => {
    if (strangers.has(commit)) return strangers.get(commit);
    const found = await findStranger(read, gitFolder, commit);
    const [oldest] = strangers.keys();
    if (strangers.size >= maxRemembered && oldest !== undefined) strangers.delete(oldest);
    strangers.set(commit, found);
    return found;
  };

  const configuration = async (): Promise<string | undefined> => {
    const key = await foreign();
    return key === undefined
      ? undefined
      : `The clone's configuration sets ${key}, which the server did not; no git tool runs.`;
  };

  return {
    configuration: async () => (existsSync(gitDir) ? configuration() : undefined),
    problem: async (commits, tree) => {
      const problem = await configuration();
      if (problem !== undefined) return problem;
      if (tree !== undefined && !(await isOurs(tree, gitDir)))
        return "The work tree's .git is not the server's; no git tool runs.";
      for (const commit of new Set(commits)) {
        const found = await stranger(commit);
        if (found !== undefined) return `The repository holds ${found}; no git tool runs.`;
      }
      return undefined;
    },
  };
}

/** A work tree's `.git` is a file that `git worktree add` wrote: it names a folder of the clone and nothing else. */
async function isOurs(tree: string, gitDir: string): Promise<boolean> {
  const file = path.join(tree, ".git");
  const found = await lstat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size > 4096) return false;
  const [, target = ""] = /^gitdir: (.+)\n$/.exec(await readFile(file, "utf8")) ?? [];
  return path.dirname(target) === path.join(gitDir, "worktrees");
}
