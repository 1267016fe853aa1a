// Writes and deletes files of a work tree: inside it, never through a symbolic link, all or none. Used by work-tree.ts, which
// has the tree alone; paths were read by the grammar and judged by policy before.
import { constants } from "node:fs";
import { lstat, mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import type { FileChange, FileStep } from "../domain/command.ts";
import { partsByFolder, repositoryParts } from "./strangers.ts";

/** Looks at every path first; `problem` says why nothing was changed. */
export async function changeFiles(tree: string, { fileChanges }: FileStep): Promise<{ readonly problem?: string }> {
  for (const change of fileChanges) {
    const problem = await findProblem(tree, change);
    if (problem !== undefined) return { problem: `${change.path}: ${problem}` };
  }
  const problem = await findRepository(tree, fileChanges);
  if (problem !== undefined) return { problem };
  for (const change of fileChanges) await apply(tree, change);
  return {};
}

/** A list of submodules, or a folder that git would take for a repository once the files are there. */
async function findRepository(tree: string, changes: readonly FileChange[]): Promise<string | undefined> {
  const written = changes.filter(({ operation }) => operation !== "delete").map(({ path }) => path);
  const list = written.find((file) => path.basename(file).toLowerCase() === ".gitmodules");
  if (list !== undefined) return `${list}: a list of submodules is not for this tool`;
  for (const [folder, made] of partsByFolder(written)) {
    const missing = repositoryParts.filter((part) => !made.has(part));
    const kinds = await Promise.all(missing.map((part) => kindOf(path.join(tree, folder, part))));
    if (!kinds.includes("nothing")) return `${folder === "" ? "." : folder}: git would take it for a repository`;
  }
  return undefined;
}

async function findProblem(tree: string, { path: relative, operation }: FileChange): Promise<string | undefined> {
  const target = path.resolve(tree, relative);
  if (!target.startsWith(`${path.resolve(tree)}${path.sep}`)) return "it lies outside the work tree";
  const parts = relative.split("/");
  if (parts.some((part) => part.toLowerCase() === ".git")) return "git's own folder is not part of the repository";
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const isLast = depth === parts.length;
    const found = await kindOf(path.join(tree, ...parts.slice(0, depth)));
    if (found === "link") return "it leads through a symbolic link";
    if (found === "nothing") return isLast && operation === "delete" ? "there is no such file" : undefined;
    if (isLast && found !== "file") return "it is no file";
    if (!isLast && found !== "folder") return "a part of it is no folder";
  }
  return undefined;
}

async function kindOf(target: string): Promise<"nothing" | "link" | "folder" | "file" | "other"> {
  try {
    const found = await lstat(target);
    if (found.isSymbolicLink()) return "link";
    if (found.isDirectory()) return "folder";
    return found.isFile() ? "file" : "other";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return "nothing";
    throw error;
  }
}

async function apply(tree: string, { path: relative, operation, content = "" }: FileChange): Promise<void> {
  const target = path.join(tree, relative);
  if (operation === "delete") return rm(target);
  await mkdir(path.dirname(target), { recursive: true });
  // O_NOFOLLOW: a link that came after the look is not followed.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const file = await open(target, flags, 0o644);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}
