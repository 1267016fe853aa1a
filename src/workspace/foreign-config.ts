// The clone's own configuration, held against what the server's clone needs: git runs what a key names (filters, text
// converters, fsmonitor, hooks, ssh, helpers), and pins cannot outweigh keys whose names nobody knows beforehand. Used by
// work-tree.ts before any git command of a plan.
import { stat } from "node:fs/promises";
import path from "node:path";

/** Reads with git in a folder; standard output. */
export type ReadGit = (cwd: string, ...parameters: readonly string[]) => Promise<string>;

/** Key in git's canonical spelling → the values that it may have. All that `git clone`, `worktree add` and `push` write. */
const permitted: readonly (readonly [key: RegExp, value: RegExp])[] = [
  [/^core\.(?:bare|filemode|ignorecase|logallrefupdates|precomposeunicode|symlinks)$/, /^(?:true|false)$/],
  [/^core\.repositoryformatversion$/, /^[01]$/],
  [/^extensions\.objectformat$/, /^sha(?:1|256)$/],
  [/^extensions\.refstorage$/, /^(?:files|reftable)$/],
  // Whether it is the right one is observed, and judged by policy.
  [/^remote\.origin\.url$/, /^https?:\/\//],
  [/^remote\.origin\.fetch$/, /^\+refs\/heads\/\*:refs\/remotes\/origin\/\*$/],
  [/^remote\.origin\.tagopt$/, /^--no-tags$/],
  [/^branch\..+\.remote$/, /^origin$/],
  [/^branch\..+\.merge$/, /^refs\/heads\//],
];

/** The first key of a repository's configuration that has no business there, or whose value has not; undefined when none has. */
export async function foreignKey(read: ReadGit, gitDir: string): Promise<string | undefined> {
  const file = path.join(gitDir, "config");
  const printed = await read(gitDir, "config", "--file", file, "--no-includes", "--null", "--list");
  for (const entry of printed.split("\0")) {
    if (entry === "") continue;
    const [key = "", ...value] = entry.split("\n");
    const isFine = permitted.some(([known, values]) => known.test(key) && values.test(value.join("\n")));
    if (!isFine) return key;
  }
  return undefined;
}

/** Changes whenever the file is written, replaced or touched: while it stays, the answer does. */
export async function configStamp(gitDir: string): Promise<string> {
  const { ino, size, ctimeNs } = await stat(path.join(gitDir, "config"), { bigint: true });
  return [ino, size, ctimeNs].join(":");
}
