// Which check a command gets, with the server that it may reach. Made by broker.ts, asked by front.ts for every request.
import type { LeaseRequest } from "../domain/ports.ts";
import type { Upstream } from "../domain/upstream.ts";
import type { Check, Door } from "./front.ts";
import { checkGit } from "./git/check.ts";
import { checkKubernetes } from "./kubernetes/check.ts";

export interface Upstreams {
  /** Absent: there is no cluster. */
  readonly cluster?: () => Upstream;
  /** The forge as git reaches it. */
  readonly git?: () => Upstream;
}

/** Undefined: this command has no way out by that door. */
export const createChecks =
  ({ cluster, git }: Upstreams) =>
  (request: LeaseRequest, door: Door): Check | undefined => {
    if (door !== "port") return undefined;
    const checkedGit = (upstream: () => Upstream): Check => ({
      target: "git",
      judge: (lease, asked) => checkGit(lease, upstream(), asked),
    });
    if ("fetches" in request) return git === undefined ? undefined : checkedGit(git);
    const { command } = request;
    if (!command.egress) return undefined;
    switch (command.binary) {
      case "kubectl":
      case "helm":
      case "flux":
        if (cluster === undefined) return undefined;
        return { target: "kubernetes", judge: (_, asked) => checkKubernetes(command, cluster(), asked) };
      case "git":
        return git === undefined ? undefined : checkedGit(git);
      default:
        return undefined;
    }
  };
