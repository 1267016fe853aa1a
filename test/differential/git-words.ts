// Operands and values for git that fit the scratch repository: names that are there, names that are not, and words that are a
// branch and a file at once.
import * as fc from "fast-check";
import type { OperandKind, VerbGrammar } from "../../src/command/grammar/types.ts";
import { files } from "./repository.ts";

const some = (words: string) => fc.constantFrom(...words.split(" "));
const joined = (by: string, ...parts: readonly fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(by));

const revisions = some(
  "HEAD main v1 v2 side origin/main HEAD~1 HEAD^ main~2^0 @ @~1 refs/heads/main refs/tags/v1 ai-sre/x f.txt stash",
);
const ranges = fc.oneof(
  revisions,
  joined("..", revisions, revisions),
  joined("...", revisions, revisions),
  some("v1.. ..v2 ...v1"),
);
const paths = fc.oneof(
  fc.constantFrom(...files.keys()),
  some("d d/ ./d//e . untracked.txt none d/./g.txt -n --cached main"),
);
const branches = some("main old new side refs/heads/main none");
const remotes = some("origin up main none");
const behindDash = fc.oneof(
  fc.constant([]),
  fc.array(paths, { minLength: 1, maxLength: 2 }).map((all) => ["--", ...all]),
);

export const gitOperands = ({ operands: kind }: VerbGrammar): fc.Arbitrary<readonly string[]> | undefined => {
  if (kind.kind === "git-revisions") return kind.atMost === 0 ? undefined : revisionWords(kind);
  if (kind.kind === "git-paths") return fc.oneof(behindDash, fc.array(paths, { maxLength: 2 }));
  if (kind.kind === "git-names") return fc.constantFrom([], ["v*"], ["ma?n"], ["ai-sre/*", "main"], ["origin/*"]);
  if (kind.kind === "git-remote") return remoteWords(kind.takes === "refspec");
  if (kind.kind !== "git-file") return undefined;
  return fc.oneof(
    fc.tuple(paths),
    fc.tuple(revisions, paths),
    fc.tuple(revisions, paths).map(([revision, file]) => [revision, "--", file]),
  );
};

function revisionWords(kind: Extract<OperandKind, { kind: "git-revisions" }>): fc.Arbitrary<readonly string[]> {
  const one = fc.oneof(
    revisions,
    kind.ranges === true ? ranges : revisions,
    kind.files === true ? joined(":", revisions, paths) : revisions,
  );
  const all = fc.array(one, { minLength: kind.atLeast ?? 0, maxLength: Math.min(2, kind.atMost) });
  const end = fc.constantFrom([], [], ["--end-of-options"]);
  return fc
    .tuple(end, all, kind.paths === true ? behindDash : fc.constant([]))
    .map(([first, named, rest]) => [...first, ...named, ...rest]);
}

function remoteWords(isPush: boolean): fc.Arbitrary<readonly string[]> {
  if (!isPush) return fc.oneof(fc.constant([]), fc.tuple(remotes), fc.tuple(remotes, branches));
  const destinations = fc.oneof(branches, some("ai-sre/y refs/heads/ai-sre/z"));
  return fc.tuple(remotes, fc.oneof(joined(":", revisions, destinations), branches));
}

const commits = some("main v1 HEAD~1 side");

export const gitValues = new Map(
  Object.entries({
    "--contains": commits,
    "--no-contains": commits,
    "--merged": commits,
    "--no-merged": commits,
    "--points-at": commits,
    "--grep": some("two subject ^s.b"),
    "--date": some("relative local iso iso-strict rfc short unix default"),
    "--author": some("a example none"),
    "--committer": some("a@ none"),
    "--until": some("2026-02-01 2.days.ago"),
    "--since": some("2025-02-01 3.years.ago"),
    "--match": some("v* x"),
    "--exclude": some("v1 x*"),
    "--sort": some("-committerdate version:refname refname"),
    "--format": fc.constantFrom("oneline", "format:%h %s", "tformat:%D|%an", "%H %ad%n%b", "reference"),
  }),
);
