// What is observed of the clone for one plan: remote, ids, cleanliness, and what a push would change. Used by work-tree.ts.
import type { Observed, Plan } from "../domain/command.ts";
import type { Observation } from "../domain/ports.ts";
import { repositoryOf } from "../domain/repository-url.ts";
import type { Clone } from "./clone.ts";

export interface Place {
  /** The work tree; undefined for a change whose own tree is still to be made: it will be clean, at `base`. */
  readonly tree: string | undefined;
  /** Branch of the remote, and its commit. */
  readonly base: string;
  readonly baseId: string | undefined;
  /** Commit that the tree stands on. */
  readonly headId: string | undefined;
  readonly serverUrl: string;
}

/** Looks; every id is a commit's. @throws GitFailure */
export async function lookAt(
  clone: Clone,
  plan: Plan,
  { tree, base, baseId, headId, serverUrl }: Place,
): Promise<Observation> {
  const cwd = tree ?? clone.gitFolder;
  const [remoteUrl, status] = await Promise.all([
    clone.read(clone.gitFolder, "remote", "get-url", "--", "origin"),
    tree === undefined ? "" : clone.read(tree, "status", "--porcelain=v1", "--untracked-files=all"),
  ]);
  if (baseId === undefined) {
    return { ok: false, code: "commit_not_here", message: `The remote has no branch ${base}; nothing ran.` };
  }
  const refs: Record<string, string> = {};
  for (const name of revisionsOf(plan)) {
    const id = tree === undefined && name === "HEAD" ? baseId : await clone.resolve(name, cwd);
    if (id === undefined) {
      const message = `This replica has no commit ${name}; nothing ran. Commit again, or commit and push in one call.`;
      return { ok: false, code: "commit_not_here", message };
    }
    refs[name] = id;
  }
  const named = repositoryOf(remoteUrl.trim(), serverUrl);
  const observed: Observed = {
    repository: {
      remoteUrl: remoteUrl.trim(),
      clean: status === "",
      head: headId ?? baseId,
      base: baseId,
      refs,
    },
    repositories: named === undefined ? [] : [named],
    changedPaths: await changedPaths(
      clone,
      pushed(plan).map((source) => refs[source] ?? source),
      baseId,
    ),
  };
  return { ok: true, observed };
}

/** The revisions whose objects a judgement names: those of refs that are written, by the caller's words both times. */
function revisionsOf({ steps, observed }: Plan): readonly string[] {
  if (observed !== undefined) return Object.keys(observed.repository?.refs ?? {});
  const refs = steps.flatMap(({ stages }) => stages.flatMap(({ git }) => git?.refs ?? []));
  return [...new Set(refs.filter(({ destination }) => destination !== "").map(({ source }) => source))];
}

/** What is pushed: a revision before the first look, an object id after it. */
const pushed = ({ steps }: Plan): readonly string[] =>
  steps.flatMap(({ stages }) =>
    stages.flatMap(({ git, verb }) => (verb[0] === "push" ? (git?.refs ?? []).map(({ source }) => source) : [])),
  );

/**
 * Every path that some commit on the way from the base to the object touches: a file that one commit changes and the next
 * one restores was changed on the branch all the same. What the base itself changed meanwhile is not among them.
 */
async function changedPaths(clone: Clone, ids: readonly string[], base: string): Promise<readonly string[]> {
  const paths = new Set<string>();
  for (const id of ids) {
    const options = ["--format=", "--name-only", "--no-renames", "--no-ext-diff", "-m", "-z"];
    const printed = await clone.read(clone.gitFolder, "log", ...options, id, `^${base}`, "--");
    for (const path of printed.split(/[\0\n]/)) if (path !== "") paths.add(path);
  }
  return [...paths].sort();
}
