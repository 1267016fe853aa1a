// The verbs of git that change the work tree or talk to a remote. Data for git.ts; sources there.
import { pinned, quiet } from "./git-flags.ts";
import { callTrailer } from "../in-call.ts";
import { messagePattern } from "./own-words.ts";
import { toggle } from "./text.ts";
import type { Flag, VerbGrammar } from "./types.ts";

const dryRun = toggle("--dry-run", "-n");
const subject: Flag = {
  name: "--message",
  aliases: ["-m"],
  type: {
    kind: "pattern",
    // The server's own trailers say whose call a commit is: a message that could be read for one is refused.
    pattern: messagePattern,
    looksLike: "what it changes and why, without a trailer AI-SRE-… and without a line that begins with ---",
    program: true,
  },
  multi: true,
  class: "filter",
};
/** The call that makes the commit, in the commit: the id is put in when it runs (src/command/in-call.ts). */
const trailer: Flag = {
  name: "--trailer",
  type: { kind: "enum", values: [callTrailer] },
  class: "pin",
};
const talks = { egress: true, answers: [{ codes: [0] }], ownDash: "--" } as const;
const ownRefs = [pinned("--no-tags"), pinned("--no-recurse-submodules")];
/** Which one holds hangs on their order. */
const loudness = [["--quiet", "--verbose"]] as const;
const onlyOwnRefs = { "--no-tags": "true", "--no-recurse-submodules": "true" } as const;

export const changing: readonly VerbGrammar[] = [
  {
    ...talks,
    verb: ["fetch"],
    effect: "workspace",
    operands: { kind: "git-remote", takes: "anything" },
    pins: onlyOwnRefs,
    exclusive: loudness,
    flags: [...ownRefs, quiet, toggle("--verbose", "-v"), toggle("--dry-run")],
  },
  {
    ...talks,
    verb: ["pull"],
    effect: "workspace",
    operands: { kind: "git-remote", takes: "branch" },
    pins: { "--ff-only": "true", ...onlyOwnRefs },
    exclusive: loudness,
    flags: [pinned("--ff-only"), ...ownRefs, quiet, toggle("--verbose", "-v")],
  },
  {
    verb: ["add"],
    effect: "workspace",
    egress: false,
    answers: [{ codes: [0] }],
    ownDash: "--",
    operands: { kind: "git-paths", mode: "write", orOneOf: ["--all", "--update"] },
    flags: [toggle("--all", "-A"), toggle("--update", "-u"), toggle("--verbose", "-v"), dryRun],
  },
  {
    verb: ["commit"],
    effect: "workspace",
    egress: false,
    // 1: there is nothing to commit.
    answers: [{ codes: [0] }, { codes: [0, 1], whenFlag: "--dry-run" }],
    ownDash: "--",
    operands: { kind: "git-paths", mode: "write" },
    pins: { "--trailer": callTrailer },
    flags: [trailer, subject, toggle("--allow-empty"), toggle("--all", "-a"), toggle("--dry-run"), quiet],
    requires: ["--message"],
  },
  {
    ...talks,
    verb: ["push"],
    effect: "write",
    operands: { kind: "git-remote", takes: "refspec" },
    pins: { "--no-follow-tags": "true", "--recurse-submodules": "no" },
    flags: [
      pinned("--no-follow-tags"),
      { name: "--recurse-submodules", type: { kind: "enum", values: ["no"] }, class: "pin" },
      toggle("--porcelain"),
      dryRun,
      quiet,
    ],
  },
];
