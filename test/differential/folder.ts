// A folder in which every word of an argv is the name of a file: what a program takes for a file name is read or written
// there, and shows. Reading shows in a file's time of access, or in what is printed.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface MarkerFolder {
  readonly path: string;
  /** An empty folder beside it. */
  readonly home: string;
  /** Makes the folder anew, with a file for every word. */
  readonly lay: (words: readonly string[]) => void;
  /** Names of what was read, written, made or deleted since. */
  readonly touched: () => readonly string[];
  readonly close: () => void;
}

export const marker = "MARKER-OF-A-FILE\n";
const longAgo = new Date("2001-01-01T00:00:00Z");

export function openMarkerFolder(): MarkerFolder {
  const parent = mkdtempSync(path.join(tmpdir(), "aisre-differential-"));
  const folder = path.join(parent, "work");
  const home = path.join(parent, "home");
  mkdirSync(home);
  let laid: readonly string[] = [];
  return {
    path: folder,
    home,
    lay: (words) => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      laid = [...new Set(words.flatMap(namesIn))];
      for (const name of laid) {
        writeFileSync(path.join(folder, name), marker);
        utimesSync(path.join(folder, name), longAgo, new Date());
      }
    },
    touched: () => {
      const there = new Set(readdirSync(folder));
      const made = [...there].filter((name) => !laid.includes(name));
      const changed = laid.filter((name) => {
        const file = path.join(folder, name);
        return (
          !there.has(name) || statSync(file).atimeMs !== longAgo.getTime() || readFileSync(file, "utf8") !== marker
        );
      });
      return [...made, ...changed];
    },
    close: () => rmSync(parent, { recursive: true, force: true }),
  };
}

/** A word, and what it becomes when a letter or a name in front of it is taken for an option. */
function namesIn(word: string): readonly string[] {
  const after = word.indexOf("=");
  const all = [word, word.replace(/^--?/, ""), word.slice(2), after < 0 ? "" : word.slice(after + 1)];
  return all.filter(
    (name) => name.isWellFormed() && /^[^/\0]+$/.test(name) && !/^\.{1,2}$/.test(name) && Buffer.byteLength(name) < 200,
  );
}
