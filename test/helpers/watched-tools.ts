// Programs that note their own arguments and environment before they become the real ones. Used by the leak hunt.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const folders = [path.resolve(import.meta.dirname, "../../.tools/bin"), "/usr/local/bin", "/usr/bin", "/bin"];
const names =
  "kubectl helm flux gh git jq yq curl sed gawk awk grep sort uniq head tail wc tr cut rev base64 tac nl column paste date cat";

export interface WatchedTools {
  /** For AISRE_TOOL_PATH. */
  readonly folder: string;
  /** `environment of git` and what it noted, NUL for the gaps. */
  readonly noted: () => readonly (readonly [title: string, text: string])[];
}

/** Wraps what is installed. `says` is what a program prints besides, by its first argument: `logs` → a line. */
export function watchTools(root: string, says: Readonly<Record<string, string>>): WatchedTools {
  const [folder, notes] = [path.join(root, "tools"), path.join(root, "notes")];
  mkdirSync(folder);
  mkdirSync(notes);
  for (const name of names.split(" ")) {
    const real = folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
    if (real === undefined) continue;
    const besides = Object.entries(says).map(([word, line]) => `case "$1" in ${word}) echo '${line}' ;; esac\n`);
    const note = ["cmdline", "environ"]
      .map((what) => `/bin/cat /proc/$$/${what} > '${notes}/${name}.${what}.'$$\n`)
      .join("");
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${note}${besides.join("")}exec '${real}' "$@"\n`, {
      mode: 0o755,
    });
  }
  return {
    folder,
    noted: () =>
      readdirSync(notes).map((name) => [noteTitle(name), readFileSync(path.join(notes, name), "utf8")] as const),
  };
}

const titles = { cmdline: "arguments", environ: "environment" } as const;
/** `git.environ.123` → environment of git. */
function noteTitle(file: string): string {
  const [program = "", what] = file.split(".");
  return `${what === "cmdline" ? titles.cmdline : titles.environ} of ${program}`;
}
