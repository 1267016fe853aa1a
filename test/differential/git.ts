// git in a scratch repository: what it changed, here and at the remotes, is what effect, refs, paths and dry run of the model
// say; what it printed comes of the paths that the model names, and is the same for the caller's words and for those that run.
import type { Command } from "../../src/domain/command.ts";
import { callWord } from "../../src/command/in-call.ts";
import { createEnvironments } from "../../src/execution/environment.ts";
import { type Adapter, type Case, verdict, type World } from "./adapter.ts";
import { grammarOf } from "./differential.ts";
import { gitOperands, gitValues } from "./git-words.ts";
import { files, openRepository, original, outside, type Repository } from "./repository.ts";
import { type Outcome, start } from "./start.ts";

/** Folders and files of the repository at or below one of the paths. */
const isWithin = (file: string, named: readonly string[]): boolean =>
  named.some((one) => one === "." || file === one || file.startsWith(`${one}/`));

/** Paths bound what is read when they stand behind `--`, or when nothing but REVISION:PATH stands before it. */
function isBounded({ verb, operands: words }: Command): boolean {
  const dash = words.indexOf("--");
  if (dash < 0 || dash < words.length - 1 || verb[0] !== "show") return true;
  return words.slice(0, dash).every((word) => word.includes(":"));
}

/** Printed contents and paths outside of those that the model names, when it names some. */
function printedOutside(command: Command, stdout: string): string | undefined {
  const { paths: named } = command;
  if (stdout.includes(outside)) return "it printed what lies outside of the work tree";
  if (named.length === 0 || !isBounded(command)) return undefined;
  const read = named.map(({ path }) => path);
  const foreign = [...files].find(([name, token]) => stdout.includes(token) && !isWithin(name, read));
  return foreign === undefined ? undefined : `it printed ${foreign[0]}`;
}

/** What a fetch brings. */
function tracking(remote: string): string {
  return String.raw`clone/\.git/(?:FETCH_HEAD|refs/remotes/${remote}/.+)`;
}

/** What may change, as a pattern over names of `changed`; by verb. */
const mayChange = new Map<string, (remote: string, destination: string) => string>([
  ["fetch", tracking],
  [
    "pull",
    (remote) => String.raw`${tracking(remote)}|clone/\.git/(?:refs/heads/main|index|ORIG_HEAD)|clone/(?!\.git/).*`,
  ],
  ["add", () => String.raw`clone/\.git/index`],
  ["commit", () => String.raw`clone/\.git/(?:index|COMMIT_EDITMSG|refs/heads/main)`],
  [
    "push",
    (remote, destination) =>
      `${remote}\\.git/${destination}|clone/\\.git/${destination.replace("/heads/", `/remotes/${remote}/`)}`,
  ],
]);

function allowed({ effect, verb, git: facts, dryRun }: Command): RegExp {
  const pattern = dryRun || effect === "read" ? undefined : mayChange.get(verb[0] ?? "");
  return new RegExp(`^(?:${pattern?.(facts?.remote ?? "", facts?.refs[0]?.destination ?? "") ?? ""})$`);
}

/** What a commit or the index holds more than before, outside of the paths of the model. */
function wroteOutside({ verb, paths: named, flags, dryRun }: Command, { git }: Repository): string | undefined {
  if (dryRun || named.length === 0 || !/^(?:add|commit)$/.test(verb[0] ?? "")) return undefined;
  if (flags["--all"] !== undefined && verb[0] === "commit") return undefined;
  const words = verb[0] === "add" ? ["diff", "--cached"] : ["diff", original, "HEAD"];
  const listed = git(...words, "--name-only", "-z")
    .split("\0")
    .filter((name) => name !== "");
  const written = listed.filter((name) => name !== staged || verb[0] === "commit");
  const foreign = written.find(
    (name) =>
      !isWithin(
        name,
        named.map(({ path }) => path),
      ),
  );
  return foreign === undefined ? undefined : `it wrote ${foreign}`;
}
/** Staged before anything runs. */
const staged = "a b.txt";

/** rev-parse repeats that options have ended, show the folder's name as it was given. */
const plain = (stdout: string): string => stdout.replaceAll("--end-of-options\n", "").replaceAll(/^tree .*$/gm, "tree");

interface Ran {
  readonly outcome: Outcome;
  readonly changed: readonly string[];
  readonly refs: string;
  readonly wrote: string | undefined;
}

/** A pull of everything becomes a pull of the site's branch, which does less. */
const isFilledIn = ({ verb, operands: rendered }: Command, argv: readonly string[]): boolean =>
  verb[0] === "pull" && rendered.some((word) => !argv.some((given) => given.replace("refs/heads/", "") === word));

function differs({ command, argv }: Case, caller: Ran, rendered: Ran): string | undefined {
  const may = allowed(command);
  for (const [who, { outcome, changed, wrote }] of Object.entries({ caller, rendered })) {
    const foreign = changed.find((name) => !may.test(name));
    if (foreign !== undefined) return `${who} changed ${foreign}; ${outcome.stderr}`;
    if (wrote !== undefined) return `${who}: ${wrote}`;
    const printed = printedOutside(command, outcome.stdout);
    if (printed !== undefined) return `${who}: ${printed}`;
    if (outcome.status === null) return `${who} did not end`;
  }
  const isAnswer = (status: number | null) => command.answerExitCodes.includes(status ?? -1);
  if (!isAnswer(rendered.outcome.status)) {
    const did = rendered.changed.filter((name) => !/(?:FETCH_HEAD|COMMIT_EDITMSG)$/.test(name));
    return did.length === 0 ? undefined : `what runs failed, and changed ${did.join()}`;
  }
  if (!isAnswer(caller.outcome.status)) return undefined;
  if (isFilledIn(command, argv)) {
    const more = rendered.changed.find((name) => !caller.changed.includes(name));
    return more === undefined ? undefined : `what runs changed ${more}`;
  }
  const [theirs, ours] = [caller, rendered].map(({ outcome, changed, refs }) =>
    JSON.stringify([outcome.status, command.verb[0] === "push" ? "" : plain(outcome.stdout), changed, refs]),
  );
  return theirs === ours
    ? undefined
    : `${theirs} is not ${ours}; ${caller.outcome.stderr} / ${rendered.outcome.stderr}`;
}

/** The caller's words, and the trailer that every commit of ours carries: without it the two commits had two ids. */
const signed = ({ command, argv }: Case): readonly string[] =>
  command.verb[0] === "commit" ? argv.flatMap((word) => (word === "commit" ? [word, callWord] : [word])) : argv;

async function open(file: string): Promise<World> {
  const repository = openRepository();
  const pinned = createEnvironments({ homeDir: "/nonexistent", cacheDir: "/nonexistent" })("git");
  const environment = {
    ...pinned,
    // The remote is a folder here, and no broker stands before it.
    GIT_ALLOW_PROTOCOL: "file",
    GIT_AUTHOR_DATE: "2026-02-01T00:00:00Z",
    GIT_COMMITTER_DATE: "2026-02-01T00:00:00Z",
  };
  let isFresh = false;
  const run = async ({ command }: Case, argv: readonly string[]): Promise<Ran> => {
    if (!isFresh) repository.reset();
    const outcome = await start({ file, words: argv.slice(1), cwd: repository.clone, environment, stdin: outside });
    const changed = repository.changed();
    const wrote = changed.length === 0 ? undefined : wroteOutside(command, repository);
    const refs = changed.length === 0 ? "" : repository.git("for-each-ref", "--format=%(refname) %(objectname)");
    isFresh = changed.length === 0;
    return { outcome, changed, refs, wrote };
  };
  return {
    compare: async (one) => {
      const caller = await run(one, signed(one));
      const rendered = await run(one, one.command.argv);
      return verdict(one, rendered.outcome.status, differs(one, caller, rendered));
    },
    close: async () => repository.close(),
  };
}

/** Without a revision git would read a log from standard input; we make it HEAD. */
const readsInput = ({ command, argv }: Case): boolean =>
  command.verb[0] === "shortlog" && command.operands[0] === "HEAD" && !argv.includes("HEAD");

export const git: Adapter = {
  grammar: grammarOf("git"),
  share: 250,
  fitting: { operands: gitOperands, values: gitValues },
  skips: readsInput,
  open,
};
