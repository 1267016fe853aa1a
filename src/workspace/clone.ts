// The disposable clone: made once, refreshed by the server, and the work trees beside it. Used by work-tree.ts, under its lock.
// Its git folder lies outside every work tree, so no file of a caller can become configuration or a hook.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Clock, RunGit } from "../domain/ports.ts";

export interface CloneOptions {
  /** Absolute; made when it is not there. */
  readonly folder: string;
  readonly remoteUrl: string;
  /** The site's, by now. */
  readonly baseBranch: () => string;
  readonly git: RunGit;
  readonly clock: Clock;
}

/** What git says when it cannot do what the server itself asks. Becomes an observation that failed. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
}

export interface Clone {
  /** Clones or fetches when what is here is older than a few seconds; `anew` always fetches. @throws GitFailure */
  refresh(options?: { readonly anew?: true; readonly signal?: AbortSignal }): Promise<void>;
  /** Object id of a revision, seen from a folder; undefined when there is no such object. */
  resolve(revision: string, cwd?: string): Promise<string | undefined>;
  /** Standard output of a read of the server's own. @throws GitFailure */
  read(cwd: string, ...parameters: readonly string[]): Promise<string>;
  /** A new work tree, detached at the object. @throws GitFailure */
  addTree(name: string, at: string): Promise<string>;
  removeTree(folder: string): Promise<void>;
  readonly gitFolder: string;
}

/** How old the last fetch may be, milliseconds. */
const freshMs = 5000;
const talkMs = 30_000;
const localMs = 10_000;
/** A list of every file of a repository with some hundred thousand. */
const maxReadBytes = 32 * 1024 * 1024;
/** Commits of each branch that are fetched: enough for logs and for bases of comparison. */
const depth = 200;

/** git's own folder of a workspace. */
export const gitFolderOf = (folder: string): string => path.join(folder, "clone");

export function createClone({ folder, remoteUrl, baseBranch, git, clock }: CloneOptions): Clone {
  const gitFolder = gitFolderOf(folder);
  const trees = path.join(folder, "trees");
  let fetchedAt: number | undefined;
  let headLeadsTo: string | undefined;

  const read = async (cwd: string, ...parameters: readonly string[]): Promise<string> => {
    const { succeeded, stdout, stderr } = await git({
      parameters,
      cwd,
      timeoutMs: localMs,
      maxStdoutBytes: maxReadBytes,
    });
    if (!succeeded) throw new GitFailure(firstLine(stderr));
    return stdout;
  };
  const talk = async (cwd: string, parameters: readonly string[], signal?: AbortSignal): Promise<void> => {
    const request = { parameters, cwd, timeoutMs: talkMs, talks: true as const };
    const { succeeded, stderr } = await git({ ...request, ...(signal === undefined ? {} : { signal }) });
    if (!succeeded) throw new GitFailure(`the repository does not answer: ${firstLine(stderr)}`);
  };
  const make = async (signal?: AbortSignal): Promise<void> => {
    // What a crash left behind is worth nothing: the remote has it all.
    await rm(gitFolder, { recursive: true, force: true });
    await rm(trees, { recursive: true, force: true });
    await mkdir(trees, { recursive: true, mode: 0o700 });
    const options = ["--quiet", "--no-checkout", "--no-tags", "--no-single-branch", `--depth=${depth}`];
    await talk(folder, ["clone", ...options, "--", remoteUrl, gitFolder], signal);
    headLeadsTo = undefined;
  };
  /** `origin/HEAD` means the base branch, whatever the forge's default is. */
  const leadHead = async (): Promise<void> => {
    const base = `refs/remotes/origin/${baseBranch()}`;
    if (base === headLeadsTo) return;
    await read(gitFolder, "symbolic-ref", "refs/remotes/origin/HEAD", base);
    headLeadsTo = base;
  };

  return {
    gitFolder,
    read,
    refresh: async ({ anew, signal } = {}) => {
      if (fetchedAt === undefined || !existsSync(gitFolder)) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await make(signal);
        fetchedAt = clock.monotonic();
      } else if (anew === true || clock.monotonic() - fetchedAt > freshMs) {
        await talk(
          gitFolder,
          ["fetch", "--quiet", "--no-tags", "--prune", "--no-recurse-submodules", "origin"],
          signal,
        );
        fetchedAt = clock.monotonic();
      }
      await leadHead();
    },
    resolve: async (revision, cwd = gitFolder) => {
      const parameters = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${revision}^{commit}`];
      const { succeeded, stdout } = await git({ parameters, cwd, timeoutMs: localMs });
      return succeeded ? stdout.trim() : undefined;
    },
    addTree: async (name, at) => {
      const target = path.join(trees, name);
      await rm(target, { recursive: true, force: true });
      await read(gitFolder, "worktree", "prune");
      await read(gitFolder, "worktree", "add", "--quiet", "--detach", "--", target, at);
      return target;
    },
    removeTree: async (target) => {
      await rm(target, { recursive: true, force: true });
      await git({ parameters: ["worktree", "prune"], cwd: gitFolder, timeoutMs: localMs });
    },
  };
}

/** A folder's name out of a principal's id. */
export const treeName = (id: string): string => createHash("sha256").update(id).digest("hex").slice(0, 16);

const firstLine = (text: string): string =>
  text
    .split("\n")
    .find((line) => line.trim() !== "")
    ?.slice(0, 300) ?? "git failed";
