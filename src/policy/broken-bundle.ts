// The error of a bundle that is not used: which file, what is wrong with it, and what to do. Thrown by this room's readers.
import path from "node:path";
import { StartError } from "../errors.ts";

const fix = "restore the folder (git checkout policies/build) or build it anew with `make policy`";

export function brokenBundle(folder: string, name: string, what: string, cause?: unknown, todo = fix): StartError {
  return new StartError("policy_missing", `${path.join(folder, name)}: ${what}; ${todo}`, { cause });
}
