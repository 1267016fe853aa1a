// The work tree's port: one lock over the clone, a tree per principal for cli_tool, a tree per change for git_commit. Made by
// compose. Everything here can be thrown away: what counts is at the remote.
import type { Plan } from "../domain/command.ts";
import type { Clock, HeldWorkTree, Observation, RunGit, WorkTree } from "../domain/ports.ts";
import type { Principal } from "../domain/principal.ts";
import { createClone, GitFailure, treeName } from "./clone.ts";
import { lookAt } from "./facts.ts";
import { changeFiles } from "./files.ts";
import { createLock } from "./lock.ts";
import { createTrust } from "./trust.ts";

export interface WorkTreeOptions {
  readonly folder: string;
  readonly remoteUrl: string;
  readonly serverUrl: string;
  /** The site's, by now. */
  readonly baseBranch: () => string;
  readonly git: RunGit;
  readonly clock: Clock;
}

/** Calls that wait for the clone; one more is answered `busy`. */
const maxWaiting = 16;
/** Principals that keep a tree; the one that was used longest ago goes first. */
const maxTrees = 16;

/** Nothing is done with a clone that is not to be trusted; the second look says why. */
const untouched = (message: string, release: () => void): HeldWorkTree => ({
  folder: "/nonexistent",
  observe: () => Promise.resolve({ ok: false, code: "repository_refused", message }),
  change: () => Promise.resolve({ problem: message }),
  committed: () => Promise.resolve(undefined),
  release: () => Promise.resolve(release()),
});

/** What starts from the base, or is judged against it, must know it as it is now. */
const writes = ({ workBranch, steps }: Plan): boolean =>
  workBranch !== undefined || steps.some(({ stages }) => stages.some(({ effect }) => effect === "write"));

export function createWorkTree({ baseBranch, serverUrl, ...options }: WorkTreeOptions): WorkTree {
  const clone = createClone({ ...options, baseBranch });
  const lock = createLock();
  const trust = createTrust(clone);
  /** Principal → its tree, in order of use. */
  const trees = new Map<string, string>();
  let changes = 0;

  const treeOf = async ({ id }: Principal): Promise<string> => {
    const held = trees.get(id);
    const tree = held ?? (await clone.addTree(treeName(id), `refs/remotes/origin/${baseBranch()}`));
    trees.delete(id);
    trees.set(id, tree);
    const [oldest] = trees;
    if (trees.size > maxTrees && oldest !== undefined) {
      trees.delete(oldest[0]);
      await clone.removeTree(oldest[1]);
    }
    return tree;
  };

  const look = async (plan: Plan, tree: string | undefined): Promise<Observation> => {
    const base = plan.workBranch?.base ?? baseBranch();
    const [baseId, headId] = await Promise.all([
      clone.resolve(`refs/remotes/origin/${base}`),
      tree === undefined ? undefined : clone.resolve("HEAD", tree),
    ]);
    const commits = [baseId, headId].filter((id) => id !== undefined);
    const message = await trust.problem(commits, tree);
    if (message !== undefined) return { ok: false, code: "repository_refused", message };
    return lookAt(clone, plan, { tree, base, baseId, headId, serverUrl });
  };

  return {
    observe: async (plan, principal, signal) => {
      if (lock.waiting >= maxWaiting) {
        return { ok: false, code: "busy", message: "Too many calls wait for the work tree." };
      }
      const release = await lock.take(signal);
      try {
        // A fetch obeys the configuration as well.
        const message = await trust.configuration();
        if (message !== undefined) return { ok: false, code: "repository_refused", message };
        // Shutting down or gone, the caller does not leave the clone half made: git ends by its own limit.
        await clone.refresh(writes(plan) ? { anew: true } : {});
        return await look(plan, plan.workBranch === undefined ? await treeOf(principal) : undefined);
      } catch (error) {
        if (!(error instanceof GitFailure)) throw error;
        return { ok: false, code: "binary_unavailable", message: `There is no work tree: ${error.message}` };
      } finally {
        release();
      }
    },
    hold: async (plan, principal, signal) => {
      // Bounded by the slots: who comes here has one.
      const release = await lock.take(signal);
      let own: string | undefined;
      try {
        // A checkout obeys the configuration as well.
        const message = await trust.configuration();
        if (message !== undefined) return untouched(message, release);
        if (plan.workBranch !== undefined) {
          changes += 1;
          own = await clone.addTree(`change-${changes}`, `refs/remotes/origin/${plan.workBranch.base}`);
        }
        const folder = own ?? (await treeOf(principal));
        return held(folder, plan, own, principal, release);
      } catch (error) {
        if (own !== undefined) await clone.removeTree(own);
        release();
        throw error;
      }
    },
  };

  function held(
    folder: string,
    plan: Plan,
    own: string | undefined,
    principal: Principal,
    release: () => void,
  ): HeldWorkTree {
    const before = plan.observed?.repository?.head;
    return {
      folder,
      observe: async () => {
        try {
          return await look(plan, folder);
        } catch (error) {
          if (!(error instanceof GitFailure)) throw error;
          return { ok: false, code: "binary_unavailable", message: error.message };
        }
      },
      change: (step) => changeFiles(folder, step),
      committed: async () => {
        if (!plan.steps.some(({ stages }) => stages.some(({ verb }) => verb[0] === "commit"))) return undefined;
        const head = await clone.resolve("HEAD", folder);
        if (head === undefined || head === before) return undefined;
        if (plan.workBranch !== undefined) await remember(plan.workBranch.branch, head, principal);
        return head;
      },
      release: async () => {
        try {
          if (own !== undefined) await clone.removeTree(own);
        } finally {
          release();
        }
      },
    };
  }

  /** The branch points at the commit, and the principal's tree stands on it: `git push origin HEAD:…` means it. */
  async function remember(branch: string, commit: string, principal: Principal): Promise<void> {
    await clone.read(clone.gitFolder, "update-ref", `refs/heads/${branch}`, commit);
    const tree = await treeOf(principal);
    await clone.read(tree, "checkout", "--quiet", "--force", "--ignore-other-worktrees", branch, "--");
  }
}
