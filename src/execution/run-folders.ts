// The server's private folders of this run: an empty HOME and working folder, kubectl's cache. Made and removed by compose.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface RunFolders {
  readonly homeDir: string;
  readonly cacheDir: string;
  readonly workDir: string;
  /** Holds the temporary folders of calls. */
  readonly temporaryDir: string;
  /** For the clone, unless the operator names another. */
  readonly cloneFolder: string;
  /** Where the broker's Unix socket goes; nothing is there yet. */
  readonly brokerSocket: string;
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
  const homeDir = make("home", 0o700);
  const brokerSocket = path.join(make("broker", 0o700), "gh.sock");
  // gh speaks plain HTTP to this socket, whatever it is asked.
  mkdirSync(ghFolderIn(homeDir), { mode: 0o700 });
  const settings = `version: "1"\nhttp_unix_socket: ${brokerSocket}\n`;
  writeFileSync(path.join(ghFolderIn(homeDir), "config.yml"), settings, { mode: 0o400 });
  for (const folder of [ghFolderIn(homeDir), homeDir]) chmodSync(folder, 0o500);
  return {
    homeDir,
    brokerSocket,
    cacheDir: make("cache", 0o700),
    workDir: make("work", 0o500),
    temporaryDir: make("temporary", 0o700),
    cloneFolder: make("clone", 0o700),
    kubeconfigFile: path.join(root, "kubeconfig"),
    remove: () => {
      // A folder that may not be written to keeps what is in it.
      for (const folder of [homeDir, ghFolderIn(homeDir)]) if (existsSync(folder)) chmodSync(folder, 0o700);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** gh's settings, below every child's HOME. */
export const ghFolderIn = (homeDir: string): string => path.join(homeDir, "gh");
