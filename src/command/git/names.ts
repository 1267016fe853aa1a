// How git's words for commits, branches and files are read: only plain spellings, so that one word has one meaning. Pure.
import { accept, refuse, type Result, type Token } from "../refusal.ts";

/** Part of a ref's name between slashes (git check-ref-format), without a leading dash. */
const namePart = /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/;
const maxNameLength = 200;

/** A branch, tag, remote-tracking branch, full ref or object id: `main`, `origin/main`, `refs/tags/v1`, `9fceb02`. */
export function isRefName(text: string): boolean {
  if (text.length > maxNameLength || text.includes("..")) return false;
  return text.split("/").every((part) => namePart.test(part) && !part.endsWith(".") && !part.endsWith(".lock"));
}

/** What may follow a name: its parents and ancestors, counted. */
const ancestry = /[~^][0-9]{0,4}/y;
const maxAncestry = 8;

/** A ref's name, `HEAD` or `@`, with `~n` and `^n`. No reflogs, no searches, no refspecs, no exclusions. */
export function isRevision(text: string): boolean {
  const end = text.search(/[~^]/);
  const name = end < 0 ? text : text.slice(0, end);
  return (name === "@" || isRefName(name)) && (end < 0 || isAncestry(text, end));
}

function isAncestry(text: string, from: number): boolean {
  ancestry.lastIndex = from;
  for (let steps = 0; steps < maxAncestry && ancestry.lastIndex < text.length; steps += 1) {
    if (!ancestry.test(text)) return false;
    if (ancestry.lastIndex === text.length) return true;
  }
  return false;
}

/** One revision, or `A..B`, `A...B` with either side left out: the revisions that it names. */
export function readRange(token: Token, ranges: boolean): Result<readonly string[]> {
  const [left = "", right, extra] = token.text.split(/\.{2,3}/);
  if (right === undefined && isRevision(left)) return accept([left]);
  if (ranges && right !== undefined && extra === undefined && `${left}${right}` !== "") {
    const sides = [left, right].filter((side) => side !== "");
    if (sides.every(isRevision)) return accept(sides);
  }
  const message = ranges
    ? "This is no revision (main, HEAD~1, an object id) and no range (main..HEAD)."
    : "This is no revision (main, HEAD~1, an object id).";
  return refuse(message, token, "git log -- PATH");
}

/** Longest path, characters; git and the file system stop earlier. */
const maxPathLength = 512;

/**
 * A path inside the work tree as git writes it: relative, no `..`, never git's own folder, no magic and no globs
 * (they would name more than they say; GIT_LITERAL_PATHSPECS makes the rest literal).
 */
export function readPath(token: Token): Result<string> {
  const { text } = token;
  if (text.startsWith(":")) return refuse("`:` begins git's pathspec magic; a path is named as it is.", token);
  if (/[*?\\]/.test(text)) return refuse("Paths are named one by one; globs are not understood.", token, "a folder");
  if (text.startsWith("/") || text.startsWith("~")) return refuse("Paths are relative to the repository.", token);
  if (text === "" || text.length > maxPathLength || /[\n\t]/.test(text)) return refuse("This is no path.", token);
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) return refuse("A path stays inside the repository.", token);
  if (parts.some(isGitFolder)) return refuse("git's own folder is not part of the repository.", token);
  return accept(parts.length === 0 ? "." : parts.join("/"));
}

/** `.git` in every spelling that a file system may take for it (CVE-2014-9390, CVE-2019-1352). */
export const isGitFolder = (part: string): boolean => /^(?:\.git|git~[0-9]+)(?:[ .:]|$)/i.test(part.normalize("NFKC"));

/** A remote is named, never given as a URL or a path: git would take anything with `:` or `/` for an address. */
export const isRemoteName = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text);

/** Full name of a branch: `x` and `refs/heads/x` are one. */
export function branchRef(text: string): string | undefined {
  const name = text.startsWith("refs/heads/") ? text.slice("refs/heads/".length) : text;
  return isRefName(name) && !/^(refs\/|HEAD$)/.test(name) ? `refs/heads/${name}` : undefined;
}
