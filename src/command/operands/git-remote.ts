// Operands of git's verbs that talk to a remote: its name, and for fetch and pull a branch, for push exactly one refspec.
import { branchRef, isRemoteName, isRevision } from "../git/names.ts";
import type { OperandKind } from "../grammar/types.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

type Kind = Extract<OperandKind, { readonly kind: "git-remote" }>;

const pushLikeThis = "git push origin HEAD:refs/heads/ai-sre/NAME";

/** `[REMOTE [BRANCH]]`, or for push `REMOTE SOURCE:DESTINATION`; the site's defaults fill in what fetch and pull leave out. */
export function remote(kind: Kind, tokens: readonly Token[], context: OperandContext): Result<OperandFacts> {
  const [name, ref, extra] = tokens;
  const { verb, git } = context;
  if (extra !== undefined) return refuse("Name one branch at a time.", extra);
  if (name !== undefined && !isRemoteName(name.text)) {
    return refuse("A remote is given by its name; an address or a path would talk to somebody else.", name, git.remote);
  }
  if (kind.takes === "refspec") return push(name, ref, verb);
  const branch = ref?.text ?? (kind.takes === "branch" ? git.baseBranch : undefined);
  if (branch !== undefined && branchRef(branch) === undefined) {
    return refuse("This is no branch; refspecs with `:`, `+` or `*` are not understood.", ref ?? verb, git.baseBranch);
  }
  const plain = branch?.replace(/^refs\/heads\//, "");
  const remoteName = name?.text ?? git.remote;
  return accept({
    ...nothing,
    operands: [remoteName, ...(plain === undefined ? [] : [plain])],
    git: {
      remote: remoteName,
      refs: plain === undefined ? [] : [{ source: plain, destination: "", force: false }],
      changedPaths: [],
    },
  });
}

/** Source and destination are both said: what a bare `git push` would push depends on configuration. */
function push(name: Token | undefined, ref: Token | undefined, verb: Token): Result<OperandFacts> {
  if (name === undefined || ref === undefined) return refuse("Say where to push and what.", name ?? verb, pushLikeThis);
  const [source = "", target, more] = ref.text.split(":");
  const destination = branchRef(target ?? source);
  if (more !== undefined || !isRevision(source) || destination === undefined) {
    return refuse(
      "This is no plain SOURCE:DESTINATION; force (`+`), deletion, globs and tags are not understood.",
      ref,
      pushLikeThis,
    );
  }
  return accept({
    ...nothing,
    operands: [name.text, `${source}:${destination}`],
    git: { remote: name.text, refs: [{ source, destination, force: false }], changedPaths: [] },
  });
}
