// What gh can do and this server never understands, with the words that teach. Data for gh.ts.
import { refusalTable } from "./refusal-table.ts";
import type { KnownRefusal } from "./types.ts";

const credentials: KnownRefusal = {
  message: "it shows, stores or changes credentials and settings.",
  try: "gh pr list",
};
const anything: KnownRefusal = { message: "it sends any request at all.", try: "gh pr view 17 --json=title,state" };
const changes: KnownRefusal = {
  message: "of changes only `pr create` is understood; people merge, close and comment.",
  try: "gh pr create --title=… --body=… --head=…, or gh pr view 17",
};
const local: KnownRefusal = {
  message: "it works on files, programs or browsers of this machine.",
  try: "gh pr diff 17",
};

export const refusedVerbs: ReadonlyMap<string, KnownRefusal> = refusalTable(
  ["auth config secret variable ssh-key gpg-key", credentials],
  ["api search", anything],
  ["alias extension copilot browse codespace completion gist release label project ruleset cache", local],
);

export const refusedPairs: ReadonlyMap<string, KnownRefusal> = new Map([
  ...["merge", "close", "reopen", "comment", "edit", "review", "ready", "lock", "unlock", "update-branch"].flatMap(
    (word) => [[`pr ${word}`, changes] as const, [`issue ${word}`, changes] as const],
  ),
  ...["issue create", "issue delete", "issue transfer", "issue develop", "issue pin", "issue unpin"].map(
    (pair) => [pair, changes] as const,
  ),
  ...["run rerun", "run cancel", "run delete", "workflow run", "workflow enable", "workflow disable"].map(
    (pair) => [pair, changes] as const,
  ),
  ...["pr checkout", "run download", "run watch", "repo clone", "repo fork", "repo sync"].map(
    (pair) => [pair, local] as const,
  ),
  ...["repo create", "repo delete", "repo edit", "repo rename", "repo archive", "repo deploy-key"].map(
    (pair) => [pair, changes] as const,
  ),
]);

export const refusedFlags: ReadonlyMap<string, KnownRefusal> = refusalTable(
  ["--web -w --editor -e", { message: "it starts a program on this machine.", try: "leave it out" }],
  ["--body-file -F --recover", { message: "it reads a file of the server.", try: "--body=…" }],
  ["--template -t", { message: "templates are not understood.", try: "--json=… --jq=…" }],
  ["--hostname", { message: "the token would go to another host.", try: "leave it out" }],
  ["--watch --interval -i", { message: "it does not end by itself; look again instead.", try: "leave it out" }],
  ["--fill -f --fill-first --fill-verbose", { message: "what is sent is said.", try: "--title=… --body=…" }],
);
