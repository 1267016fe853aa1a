// Gives a checkout its own copy of a program that lies in the user's cache. Called by the scripts that install programs.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";

/** A copy, so that a checkout does not depend on the cache. A program that runs is not written to: a new file takes its name. */
export function placeProgram(file: string, target: string): void {
  if (existsSync(target) && readFileSync(target).equals(readFileSync(file))) return;
  mkdirSync(path.dirname(target), { recursive: true });
  const aside = `${target}.${process.pid}.part`;
  copyFileSync(file, aside);
  renameSync(aside, target);
}
