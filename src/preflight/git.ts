// What a push or a pull request would meet: whether the remote's branch can move forward to the commit, whether the branches of
// the pull request are there. Used by preflight.ts.
import type { Draft } from "../domain/command.ts";
import type { Reason } from "../domain/decision.ts";
import type { Forecast, Lookout, PlannedChange } from "../domain/preflight.ts";
import { dryRunOf, refusal } from "./dry-run.ts";

/** Files that are named of a push. */
const maxNamedFiles = 10;

export async function forecastPush(change: PlannedChange, lookout: Lookout): Promise<Forecast> {
  const { git } = change.command;
  const branch = git?.refs[0]?.destination.replace(/^refs\/heads\//, "") ?? "";
  const said = { subject: `branch ${branch} at ${git?.remote ?? ""}`, differences: [] };
  const notes = filesOf(git?.changedPaths ?? []);
  const draft = dryRunOf(change);
  const seen = draft === undefined ? undefined : await lookout.run(draft);
  if (seen?.ok !== true) {
    const why = seen === undefined ? "git push has no dry run" : seen.why;
    return { ...said, verdict: "unknown", notes: [...notes, `the push could not be tried: ${why}`], problems: [] };
  }
  if (seen.answered) return { ...said, verdict: "passed", notes, problems: [] };
  return { ...said, verdict: "refused", notes, problems: [refusedPush(seen)] };
}

function filesOf(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return ["against the base branch it changes no file"];
  const named = paths.slice(0, maxNamedFiles).map((path) => JSON.stringify(path).slice(1, -1));
  const rest = paths.length - named.length;
  return [`against the base branch it changes ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}

function refusedPush(seen: Parameters<typeof refusal>[0]): Reason {
  if (!/\[rejected\]/.test(seen.stderr)) return refusal(seen, "preflight/dry-run", "the dry run failed");
  return {
    rule: "preflight/fast-forward",
    message: "the branch has commits that this one does not build on: the push is no fast-forward",
    try: "commit to a new branch",
  };
}

export async function forecastPullRequest({ command }: PlannedChange, lookout: Lookout): Promise<Forecast> {
  const base = command.flags["--base"]?.[0] ?? "";
  const head = command.flags["--head"]?.[0] ?? "";
  const said = { subject: `pull request ${head} into ${base}`, differences: [] };
  const wanted = [base, head];
  const seen = await lookout.run(branches(wanted));
  if (!seen.ok || !seen.answered) {
    const why = seen.ok ? "git did not say" : seen.why;
    return { ...said, verdict: "unknown", notes: [`its branches could not be looked at: ${why}`], problems: [] };
  }
  const there = new Set(seen.stdout.split("\n").map((line) => line.trim()));
  const problems = wanted.filter((name) => !there.has(`origin/${name}`)).map(noBranch);
  // gh has no dry run that asks the forge.
  return { ...said, verdict: problems.length > 0 ? "refused" : "judged_only", notes: [], problems };
}

const branches = (names: readonly string[]): Draft => ({
  action: "command",
  steps: [{ argv: ["git", "branch", "--remotes", "--list", ...names.map((name) => `origin/${name}`)] }],
});

const noBranch = (name: string): Reason => ({
  rule: "preflight/branch",
  message: `origin has no branch ${name}`,
  try: "git_push first",
});
