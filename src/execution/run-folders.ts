// The server's private folders of this run: an empty HOME and working folder, kubectl's cache. Made and removed by compose.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";

export interface RunFolders {
  readonly homeDir: string;
  readonly cacheDir: string;
  readonly workDir: string;
  /** For the clone, unless the operator names another. */
  readonly cloneFolder: string;
  /** For the broker's Unix socket; nothing is there yet. */
  readonly brokerFolder: string;
  /** Where the children's kubeconfig goes; nothing is there yet. */
  readonly kubeconfigFile: string;
  remove(): void;
}

/** Makes them below `parent`, readable by this user only. HOME and the working folder can not be written to. */
export function createRunFolders(parent: string): RunFolders {
  const root = mkdtempSync(path.join(parent, "ai-sre-"));
  const make = (name: string, mode: number): string => {
    const folder = path.join(root, name);
    mkdirSync(folder, { mode });
    return folder;
  };
  return {
    homeDir: make("home", 0o500),
    cacheDir: make("cache", 0o700),
    workDir: make("work", 0o500),
    cloneFolder: make("clone", 0o700),
    brokerFolder: path.join(root, "broker"),
    kubeconfigFile: path.join(root, "kubeconfig"),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
