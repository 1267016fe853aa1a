// The cluster as the server reaches it: read at start, and again when a file that it was read from has changed, so that rotated
// tokens and certificates hold without a restart. Made by compose; the broker asks it before every request.
import { readFileSync, statSync } from "node:fs";
import type { Upstream } from "../domain/upstream.ts";
import { type KubeconfigSource, readKubeconfig } from "./kubeconfig.ts";
import { type InCluster, inClusterLogin, type Login, loginOf } from "./login.ts";

export interface ClusterAccess {
  /** The context's name. */
  readonly context: string;
  readonly namespace?: string;
  /** Where this server itself lives: its pod's namespace, or what the context says. */
  readonly ownNamespace: string;
  /** The same object until something changed. */
  upstream(): Upstream;
}

export interface AccessOptions {
  /** Monotonic, milliseconds. */
  readonly now: () => number;
  /** Hears that a changed file cannot be used; the login before it holds on. */
  readonly onProblem?: (message: string) => void;
}

/** How long files count as unchanged without a look, milliseconds. */
const freshMs = 1000;

/** @throws StartError `invalid_configuration` */
export function openCluster(source: KubeconfigSource | InCluster, { now, onProblem }: AccessOptions): ClusterAccess {
  const isPod = "server" in source;
  const read = (): Login => (isPod ? inClusterLogin(source) : loginOf(readKubeconfig(source)));
  const chosen = isPod ? { name: "in-cluster" } : readKubeconfig(source);
  const first = read();
  let held = { ...first, signature: signatureOf(first.files), at: now() };
  return {
    context: chosen.name,
    ownNamespace: (isPod ? podNamespace(source) : "namespace" in chosen ? chosen.namespace : undefined) ?? "default",
    ...("namespace" in chosen ? { namespace: chosen.namespace } : {}),
    upstream: () => {
      if (now() - held.at < freshMs) return held.upstream;
      const signature = signatureOf(held.files);
      const login = signature === held.signature ? held : again(read, onProblem);
      held = { ...held, ...login, signature, at: now() };
      return held.upstream;
    },
  };
}

/** Kubernetes mounts it beside the token. */
function podNamespace({ folder }: InCluster): string | undefined {
  try {
    return readFileSync(`${folder}/namespace`, "utf8").trim();
  } catch {
    return undefined;
  }
}

function again(read: () => Login, onProblem: AccessOptions["onProblem"]): Login | undefined {
  try {
    return read();
  } catch (error) {
    onProblem?.(error instanceof Error ? error.message : "the cluster's login cannot be read again");
    return undefined;
  }
}

/** Rotation replaces a file, or what a link to it names: stat follows, and the inode is another. */
const signatureOf = (files: readonly string[]): string =>
  files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found === undefined ? "-" : `${found.ino}:${found.mtimeMs}:${found.size}`;
    })
    .join(" ");
