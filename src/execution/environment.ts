// The environment of a child, built from nothing: common pins, then those of its binary. Called once per start; never
// reads the server's own environment, so that no key of it can reach a child (facts: /proc/PID/environ, injected LD_*).

import { type Forge, ghEnvironment, gitEnvironment } from "./forge-environment.ts";
import { ghFolderIn } from "./run-folders.ts";

export interface EnvironmentFolders {
  /** An empty folder: no ~/.kube, no ~/.jq is found there. */
  readonly homeDir: string;
  /** Discovery of the cluster, and helm's own folders; survives between calls. */
  readonly cacheDir: string;
  /** One context whose server only the broker knows; absent: kubectl, helm and flux know no cluster. */
  readonly kubeconfig?: string;
  /** Absent: git and gh talk to nobody. */
  readonly forge?: Forge;
}

/** `talks`: the command has a way out through the broker. */
export type Environments = (binary: string, talks?: boolean) => Readonly<Record<string, string>>;

/** Binary name → its whole environment. */
export function createEnvironments(folders: EnvironmentFolders): Environments {
  const common = {
    PATH: "/nonexistent",
    HOME: folders.homeDir,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    TERM: "dumb",
    NO_COLOR: "1",
    PAGER: "cat",
  };
  const cluster = {
    ...common,
    KUBECONFIG: folders.kubeconfig ?? `${folders.homeDir}/none`,
    KUBECACHEDIR: folders.cacheDir,
    // A quarter less CPU for a short-lived Go program; the limit keeps big answers from growing without bound.
    GOGC: "off",
    GOMEMLIMIT: "64MiB",
  };
  const kubectl = {
    ...cluster,
    // Aliases and default flags of a kuberc rewrite verbs: KUBECTL_KUBERC up to 1.34, KUBERC from 1.35.
    KUBECTL_KUBERC: "false",
    KUBERC: "off",
  };
  const helm = {
    ...cluster,
    // Plugins become verbs and downloaders, and run on every call; another driver dials any host (facts: helm).
    HELM_NO_PLUGINS: "1",
    HELM_PLUGINS: "/nonexistent",
    HELM_DRIVER: "secret",
    HELM_CACHE_HOME: `${folders.cacheDir}/helm/cache`,
    HELM_CONFIG_HOME: `${folders.cacheDir}/helm/config`,
    HELM_DATA_HOME: `${folders.cacheDir}/helm/data`,
  };
  // Whatever lies in this folder would become a verb of flux.
  const flux = { ...cluster, FLUXCD_PLUGINS: "/nonexistent" };
  const byBinary: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map(
    Object.entries({ kubectl, helm, flux }),
  );
  const forge = folders.forge ?? { serverUrl: "https://github.com" };
  return (binary, talks = false) => {
    switch (binary) {
      case "git":
        return { ...common, ...gitEnvironment(forge, talks) };
      case "gh":
        return { ...common, ...ghEnvironment(forge, ghFolderIn(folders.homeDir)) };
      default:
        return byBinary.get(binary) ?? common;
    }
  };
}
