// A change of files as git_commit asks for it: paths inside the work tree, contents, and the branch that it goes to. Pure.
import { createHash } from "node:crypto";
import type { Draft, FileStep, GitDefaults, Step, WorkBranch } from "../../domain/command.ts";
import { accept, refuse, type Result } from "../refusal.ts";
import { branchRef, readPath } from "./names.ts";

/** Files in one change, and what they may weigh together, bytes. */
const maxFiles = 50;
const maxBytes = 512 * 1024;

/** Every file once, by its canonical path. */
export function readFiles(files: readonly { readonly path: string; readonly content?: string }[]): Result<FileStep> {
  if (files.length === 0 || files.length > maxFiles) return refuse(`A change holds 1 to ${maxFiles} files.`);
  const seen = new Set<string>();
  const fileChanges: FileStep["fileChanges"][number][] = [];
  for (const [index, { path: given, content }] of files.entries()) {
    const token = { text: given, stage: 0, index };
    const path = readPath(token);
    if (!path.ok) return path;
    if (path.value === "." || given.endsWith("/")) return refuse("This is a folder; name a file.", token);
    if (seen.has(path.value.toLowerCase())) return refuse("This file is named twice.", token, "name it once");
    seen.add(path.value.toLowerCase());
    if (content?.isWellFormed() === false) return refuse("The content holds half of a surrogate pair.", token);
    fileChanges.push({
      path: path.value,
      operation: content === undefined ? "delete" : "write",
      sha256: content === undefined ? "" : createHash("sha256").update(content).digest("hex"),
      bytes: Buffer.byteLength(content ?? ""),
      ...(content === undefined ? {} : { content }),
    });
  }
  const total = fileChanges.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > maxBytes) return refuse(`A change holds at most ${maxBytes} bytes.`);
  const inside = fileChanges.find(({ path }) => isBelowAnother(path, seen));
  if (inside !== undefined) {
    return refuse("One path is both a file and a folder.", { text: inside.path, stage: 0, index: 0 });
  }
  return accept({ stages: [], fileChanges });
}

function isBelowAnother(path: string, all: ReadonlySet<string>): boolean {
  const parts = path.toLowerCase().split("/");
  return parts.some((_part, depth) => depth > 0 && all.has(parts.slice(0, depth).join("/")));
}

/** A commit of this step goes to the branch, and policy is to see that. */
export function ontoBranch(step: Step, { branch }: WorkBranch): Step {
  if (step.fileChanges !== undefined) return step;
  const refs = [{ source: "HEAD", destination: `refs/heads/${branch}`, force: false }];
  const stages = step.stages.map((command) =>
    command.git !== undefined && command.verb[0] === "commit" ? { ...command, git: { ...command.git, refs } } : command,
  );
  return { ...step, stages };
}

/** Plain names of the branch and its base. */
export function readWorkBranch(asked: Draft["workBranch"], git: GitDefaults): Result<WorkBranch> | undefined {
  if (asked === undefined) return undefined;
  const base = asked.base ?? git.baseBranch;
  for (const name of [asked.branch, base]) {
    if (branchRef(name) === undefined) {
      return refuse("This is no plain branch name.", { text: name, stage: 0, index: 0 }, "ai-sre/fix-1");
    }
  }
  const plain = (name: string): string => name.replace(/^refs\/heads\//, "");
  return accept({ branch: plain(asked.branch), base: plain(base) });
}
