// A folder of Rego sources as the desk works on it: a reviewer's own, or the one of the checkout. What it does not bring itself
// (schemas, the list of builtins, regal's configuration) is taken from the checkout.
import { existsSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../config/load.ts";
import { PolicyProblems } from "./problem.ts";

export interface PolicyFolder {
  readonly policies: string;
  /** The bundle that is built of it. */
  readonly build: string;
  readonly schemas: string;
  readonly capabilities: string;
}

export const ownPolicies: string = path.join(projectFolder, "policies");

/** @throws PolicyProblems when there is no policy in it. */
export function openPolicyFolder(folder: string = ownPolicies, build = path.join(folder, "build")): PolicyFolder {
  const policies = path.resolve(folder);
  if (!existsSync(path.join(policies, "aisre"))) {
    const message = "there is no folder aisre/ in it: start from a copy of the checkout's policies/";
    throw new PolicyProblems([{ file: folder, message }]);
  }
  const orOurs = (name: string): string => {
    const own = path.join(policies, name);
    return existsSync(own) ? own : path.join(ownPolicies, name);
  };
  return {
    policies,
    build: path.resolve(build),
    schemas: orOurs("schemas"),
    capabilities: orOurs("capabilities.json"),
  };
}
