// Which check a command gets, with the server that it may reach. Made by broker.ts when a lease is opened.
import type { BrokerTarget, LeaseRequest } from "../domain/ports.ts";
import type { Upstream } from "../domain/upstream.ts";
import { askTheSystem, type Resolve } from "./curl/addresses.ts";
import { checkCurl, type NamedPlaces } from "./curl/check.ts";
import { createGhCheck, type GhUpstream } from "./gh/check.ts";
import { checkGit } from "./git/check.ts";
import { createKubernetesCheck } from "./kubernetes/check.ts";
import type { Asked, Verdict } from "./verdict.ts";

/** The proxy's port, or the Unix socket that gh speaks to. */
export type Door = "port" | "socket";

/** What one command may ask. */
export interface Check {
  readonly target: BrokerTarget;
  readonly door: Door;
  readonly judge: (asked: Asked) => Verdict | Promise<Verdict>;
}

/** Asked anew for every request: a login may have been rotated. */
export interface Upstreams {
  /** Absent: there is no cluster. */
  readonly cluster?: () => Upstream;
  /** The forge as git reaches it, and as gh does. */
  readonly git?: () => Upstream;
  readonly gh?: () => GhUpstream;
  /** Places on this machine that the site itself names. */
  readonly namedPlaces: NamedPlaces;
  /** Name → addresses; the operating system's unless given. */
  readonly resolve?: Resolve;
}

/** Undefined: this command has no way out. */
export function checkFor(upstreams: Upstreams, request: LeaseRequest): Check | undefined {
  const { cluster, git, gh, namedPlaces, resolve = askTheSystem } = upstreams;
  const ofGit = (upstream: () => Upstream): Check => ({
    target: "git",
    door: "port",
    judge: (asked) => checkGit(request, upstream(), asked),
  });
  if ("fetches" in request) return git === undefined ? undefined : ofGit(git);
  const { command } = request;
  if (!command.egress) return undefined;
  switch (command.binary) {
    case "kubectl":
    case "helm":
    case "flux":
      if (cluster === undefined) return undefined;
      return { target: "kubernetes", door: "port", judge: createKubernetesCheck(command, cluster) };
    case "git":
      return git === undefined ? undefined : ofGit(git);
    case "gh":
      return gh === undefined
        ? undefined
        : { target: "gh", door: "socket", judge: createGhCheck(command, gh, resolve) };
    case "curl":
      return {
        target: "curl",
        door: "port",
        judge: (asked) => checkCurl(command, { named: namedPlaces, resolve }, asked),
      };
    default:
      return undefined;
  }
}
