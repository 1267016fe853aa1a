// Operands of git's verbs that stay here: revisions, paths, patterns for names. Rendered with their own `--`, so that git
// never has to guess which word is which.
import type { GitFacts, PathReference } from "../../domain/command.ts";
import { isRevision, readPath, readRange } from "../git/names.ts";
import type { OperandKind } from "../grammar/types.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

type Kind<Name extends OperandKind["kind"]> = Extract<OperandKind, { readonly kind: Name }>;

const local = (sources: readonly string[] = []): GitFacts => ({
  remote: "",
  refs: sources.map((source) => ({ source, destination: "", force: false })),
  changedPaths: [],
});

/** `[REVISION…] [-- PATH…]`; a word before `--` is a revision and never a path. */
export function revisions(
  kind: Kind<"git-revisions">,
  tokens: readonly Token[],
  { verb, beforeDash = tokens.length }: OperandContext,
): Result<OperandFacts> {
  const named = tokens.slice(0, beforeDash);
  const rest = tokens.slice(beforeDash);
  if (kind.paths !== true && rest[0] !== undefined) return refuse("This takes no paths.", rest[0]);
  const extra = named[kind.atMost];
  if (extra !== undefined) return refuse("This is a revision too many; paths go behind `--`.", extra, "-- PATH");
  if (named.length < (kind.atLeast ?? 0)) return refuse("Name a revision.", verb, "HEAD");

  const words: string[] = [];
  const sources: string[] = [];
  const read: PathReference[] = [];
  for (const token of named) {
    const one =
      kind.files === true && token.text.includes(":") ? readFile(token) : readRange(token, kind.ranges === true);
    if (!one.ok) return one;
    if (Array.isArray(one.value)) {
      sources.push(...one.value);
      words.push(token.text);
      continue;
    }
    if (!("path" in one.value)) continue;
    sources.push(one.value.source);
    read.push({ path: one.value.path, mode: "read" });
    words.push(`${one.value.source}:${one.value.path}`);
  }
  if (named.length === 0 && kind.fallback !== undefined) {
    words.push(kind.fallback);
    sources.push(kind.fallback);
  }
  const filtered = readPaths(rest, "read");
  if (!filtered.ok) return filtered;
  const dash = kind.paths === true ? ["--", ...filtered.value.map(({ path }) => path)] : [];
  return accept({
    ...nothing,
    operands: [...words, ...dash],
    paths: [...read, ...filtered.value],
    git: local([...new Set(sources)]),
  });
}

/** `REVISION:PATH` → the content of one file as it was. */
function readFile(token: Token): Result<{ readonly source: string; readonly path: string }> {
  const at = token.text.indexOf(":");
  const source = token.text.slice(0, at);
  if (!isRevision(source)) return refuse("Before `:` stands a revision.", token, "HEAD:PATH");
  const path = readPath({ ...token, text: token.text.slice(at + 1) });
  if (!path.ok) return path;
  return path.value === "."
    ? refuse("After `:` stands a file.", token, "HEAD:PATH")
    : accept({ source, path: path.value });
}

/** `[--] PATH…`, or one of the flags that stand for all paths. */
export function paths(
  kind: Kind<"git-paths">,
  tokens: readonly Token[],
  { verb, flags }: OperandContext,
): Result<OperandFacts> {
  const read = readPaths(tokens, kind.mode);
  if (!read.ok) return read;
  const named = read.value.map(({ path }) => path);
  if (kind.orOneOf !== undefined && named.length === 0 && !kind.orOneOf.some((flag) => flags.has(flag))) {
    return refuse(`Name a path, or give ${kind.orOneOf.join(" or ")}.`, verb, "git add --all");
  }
  const operands = named.length === 0 ? [] : ["--", ...named];
  return accept({ ...nothing, operands, paths: read.value, git: local() });
}

/** `[REVISION] [--] PATH`: one file. */
export function file(tokens: readonly Token[], { verb, beforeDash }: OperandContext): Result<OperandFacts> {
  const path = tokens.at(-1);
  const [revision, ...more] = tokens.slice(0, -1);
  if (path === undefined || beforeDash === tokens.length) return refuse("Name one file.", verb, "git blame -- PATH");
  if (more[0] !== undefined || (beforeDash !== undefined && beforeDash < tokens.length - 1))
    return refuse("Name one revision and one file.", more[0] ?? path, "git blame HEAD -- PATH");
  const read = readPaths([path], "read");
  if (!read.ok) return read;
  if (revision !== undefined && !isRevision(revision.text)) return refuse("This is no revision.", revision, "HEAD");
  const sources = revision === undefined ? [] : [revision.text];
  const operands = [...sources, "--", ...read.value.map((one) => one.path)];
  return accept({ ...nothing, operands, paths: read.value, git: local(sources) });
}

/** Patterns for names, beside --list only. */
export function names(tokens: readonly Token[], { flags }: OperandContext): Result<OperandFacts> {
  const [first] = tokens;
  if (first !== undefined && !flags.has("--list"))
    return refuse("Without --list this word would be made a branch or a tag.", first, "--list");
  const odd = tokens.find(({ text }) => !/^[A-Za-z0-9_*?][A-Za-z0-9._+*?/-]{0,199}$/.test(text));
  if (odd !== undefined) return refuse("This is no pattern for names.", odd, "ai-sre/*");
  return accept({ ...nothing, operands: tokens.map(({ text }) => text), git: local() });
}

function readPaths(tokens: readonly Token[], mode: PathReference["mode"]): Result<readonly PathReference[]> {
  const read: PathReference[] = [];
  for (const token of tokens) {
    const path = readPath(token);
    if (!path.ok) return path;
    read.push({ path: path.value, mode });
  }
  return accept(read);
}
