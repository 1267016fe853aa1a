// Tells when files or folders have changed and lie still again: the kernel's events where they come, and a slow look for where
// they do not (mounted ConfigMaps, network file systems). Used for what is reloaded; reads no content.
import { type FSWatcher, readdirSync, realpathSync, statSync, watch } from "node:fs";
import path from "node:path";

export interface FileWatch {
  /** Tells now, whether or not something seems to have changed. */
  tell(): void;
  close(): void;
}

export interface WatchTimes {
  /** What changed must look the same for so long before it is told: writers are not done with their first byte. */
  readonly settleMs: number;
  /** How often is looked without an event. */
  readonly pollMs: number;
}

const defaultTimes: WatchTimes = { settleMs: 250, pollMs: 5000 };

export function watchFiles(paths: readonly string[], onChange: () => void, times: Partial<WatchTimes> = {}): FileWatch {
  const { settleMs, pollMs } = { ...defaultTimes, ...times };
  const look = (): string => paths.map(fingerprint).join("\n");
  let told = look();
  let seen = told;
  let settling: NodeJS.Timeout | undefined;
  let watchers: readonly FSWatcher[] = [];

  const tell = (): void => {
    told = seen;
    arm();
    onChange();
  };
  const settle = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined;
      const now = look();
      const isStill = now === seen;
      seen = now;
      if (!isStill) settle();
      else if (seen !== told) tell();
    }, settleMs).unref();
  };
  const notice = (): void => {
    const now = look();
    if (now !== seen || now !== told) settle();
    seen = now;
  };
  /** Anew after each change: a watched folder that was moved away is not the one that took its name. */
  const arm = (): void => {
    for (const watcher of watchers) watcher.close();
    const folders = new Set(paths.flatMap((one) => [path.dirname(path.resolve(one)), one]));
    watchers = [...folders].flatMap((folder) => watchFolder(folder, settle) ?? []);
  };
  arm();
  const poll = setInterval(notice, pollMs).unref();
  return {
    tell: () => {
      seen = look();
      tell();
    },
    close: () => {
      clearInterval(poll);
      clearTimeout(settling);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** Where the kernel has no events to give, the slow look has to do. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, onEvent).on("error", () => {});
  } catch {
    return undefined;
  }
}

/** What a file or each file of a folder is, links followed: its place on the disk, its size and its times. */
function fingerprint(place: string): string {
  try {
    const real = realpathSync(place);
    const names = statSync(real).isDirectory() ? readdirSync(real).sort() : [""];
    return [real, ...names.map((name) => describe(path.join(real, name)))].join("\n");
  } catch {
    return "missing";
  }
}

function describe(file: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return [file, ino, size, mtimeMs, ctimeMs].join(" ");
  } catch {
    return `${file} missing`;
  }
}
