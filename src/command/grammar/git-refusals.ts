// What git can do and this server never understands, with the words that teach. Data for git.ts.
import { refusalTable } from "./refusal-table.ts";
import type { KnownRefusal } from "./types.ts";

const configures: KnownRefusal = {
  message: "it sets git's configuration, folders or programs for one call; the server's own hold.",
  try: "leave it out",
};
const runs: KnownRefusal = { message: "it names a program that git would run.", try: "leave it out" };
const namesFile: KnownRefusal = {
  message: "it reads or writes a file outside what the command is about.",
  try: "leave it out; a commit's words go into --message=…",
};
const forces: KnownRefusal = {
  message: "it overwrites or deletes what others may have pushed.",
  try: "git push origin HEAD:refs/heads/ai-sre/NAME",
};
const many: KnownRefusal = { message: "it pushes or fetches more than is named.", try: "name one branch" };
const rewrites: KnownRefusal = { message: "it rewrites a commit; make a new one.", try: "git commit --message=…" };

export const refusedFlags: ReadonlyMap<string, KnownRefusal> = refusalTable(
  [
    "-c --config-env -C --git-dir --work-tree --exec-path --paginate --namespace --bare --attr-source --super-prefix " +
      "--no-replace-objects --literal-pathspecs --no-optional-locks --config --separate-git-dir",
    configures,
  ],
  [
    "--upload-pack --receive-pack --exec --ext-diff --textconv --open-files-in-pager -O --gpg-sign -S --show-signature",
    runs,
  ],
  [
    "--output --no-index --file -F --template -t --pathspec-from-file --contents --ignore-revs-file --reference " +
      "--exclude-from --exclude-per-directory --exclude -X --stdin --recurse-submodules --server-option -o",
    namesFile,
  ],
  ["--force -f --force-with-lease --force-if-includes --delete -d -D --mirror --prune", forces],
  ["--tags --all --repo --follow-tags --multiple --set-upstream", many],
  ["--amend --fixup --squash --rebase -r --no-ff --reset-author --reuse-message --reedit-message -C", rewrites],
);

const movesFiles: KnownRefusal = {
  message: "changes of files go through git_commit, which names every one of them.",
  try: "git_commit",
};
const serverOwns: KnownRefusal = {
  message: "the clone, its configuration and its remotes belong to the server.",
  try: "git fetch",
};
const rewritesHistory: KnownRefusal = { message: "it rewrites history.", try: "git_commit on a new branch" };
const runsPrograms: KnownRefusal = { message: "it runs programs, or is half of a protocol.", try: "git log, git diff" };

export const refusedVerbs: ReadonlyMap<string, KnownRefusal> = refusalTable(
  ["checkout restore reset clean rm mv apply am switch stash cherry-pick revert hash-object update-index", movesFiles],
  [
    "clone init config credential submodule worktree sparse-checkout gc repack prune ls-remote archive bundle",
    serverOwns,
  ],
  ["rebase filter-branch replace reflog update-ref symbolic-ref merge notes", rewritesHistory],
  [
    "bisect difftool mergetool daemon instaweb web--browse http-backend upload-pack receive-pack upload-archive gui " +
      "citool send-email request-pull fast-import fast-export help grep cat-file var",
    runsPrograms,
  ],
);
