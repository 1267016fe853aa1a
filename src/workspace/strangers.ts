// What a commit holds beside plain files, and git or a reader might follow: repositories in the repository, and links that
// lead out of it. Used by work-tree.ts for every commit that a plan rests on. What is checked out is what was committed.
import path from "node:path";
import type { ReadGit } from "./foreign-config.ts";

/** Links of one commit that are looked at; a repository of manifests has a few. */
const maxLinks = 256;

/** A path and what is wrong with it; undefined when the commit holds files, folders and links that stay inside only. */
export async function findStranger(read: ReadGit, gitDir: string, commit: string): Promise<string | undefined> {
  const entries = readTree(await read(gitDir, "ls-tree", "-r", "-z", "--full-tree", commit));
  const stranger = entries.map(strangeEntry).find((found) => found !== undefined) ?? embeddedRepository(entries);
  if (stranger !== undefined) return stranger;
  const links = entries.filter(({ mode }) => mode === "120000");
  if (links.length > maxLinks) return `more than ${maxLinks} symbolic links`;
  for (const link of links) {
    const target = await read(gitDir, "cat-file", "blob", link.id);
    if (leadsOut(link.path, target)) return `${link.path}: a symbolic link that leads out of the work tree`;
  }
  return undefined;
}

interface Entry {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

function readTree(printed: string): readonly Entry[] {
  return printed
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [, mode = "", id = "", path = ""] = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line) ?? [];
      if (mode === "") throw new Error("git ls-tree printed a line that is none of its own");
      return { mode, id, path };
    });
}

function strangeEntry({ mode, path }: Entry): string | undefined {
  if (mode === "160000") return `${path}: a submodule`;
  const names = path.split("/").map((name) => name.toLowerCase());
  if (names.some((name) => isGit(name))) return `${path}: git's own folder inside the repository`;
  return names.at(-1) === ".gitmodules" ? `${path}: a list of submodules` : undefined;
}

/** `.git`, and the short name that some file systems give it. */
const isGit = (name: string): boolean => name === ".git" || /^git~\d+$/.test(name);

/** What git looks for when it asks whether a folder is a repository. */
export const repositoryParts = ["HEAD", "objects", "refs"] as const;

/** Folder → those of the parts that some of the paths make in it. */
export function partsByFolder(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    const names = path.split("/");
    for (const [index, name] of names.entries()) {
      // A folder of that name is no HEAD, a file no objects.
      const isPart = index === names.length - 1 ? name === "HEAD" : name === "objects" || name === "refs";
      if (!isPart) continue;
      const folder = names.slice(0, index).join("/");
      folders.set(folder, (folders.get(folder) ?? new Set()).add(name));
    }
  }
  return folders;
}

function embeddedRepository(entries: readonly Entry[]): string | undefined {
  const found = [...partsByFolder(entries.map(({ path }) => path))].find(
    ([, parts]) => parts.size === repositoryParts.length,
  );
  return found === undefined
    ? undefined
    : `${found[0] === "" ? "." : found[0]}: a bare repository inside the repository`;
}

/**
 * By its words alone: up at the beginning and down afterwards, never up again behind a name that may be a link itself. The
 * folder of a link is no link, so what goes no further up than that folder is deep stays inside.
 */
function leadsOut(link: string, target: string): boolean {
  if (path.posix.isAbsolute(target)) return true;
  const names = target.split("/").filter((name) => name !== "" && name !== ".");
  const ups = names.findIndex((name) => name !== "..");
  const down = ups === -1 ? [] : names.slice(ups);
  const depth = link.split("/").length - 1;
  return (ups === -1 ? names.length : ups) > depth || down.some((name) => name === ".." || isGit(name.toLowerCase()));
}
