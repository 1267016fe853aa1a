// A look at every process below another one, every few milliseconds: the arguments and the environment that it was started with.
// Used by the leak hunt, and for every server that a test starts.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface WatchedChildren {
  /** `arguments of git` and what they are, NUL for the gaps; each that was seen, once. */
  readonly seen: () => readonly (readonly [title: string, text: string])[];
  readonly end: () => void;
}

export function watchChildren(pid: number, everyMs: number): WatchedChildren {
  const seen = new Map<string, string>();
  const see = (what: string, text: string, program: string): void => {
    if (text !== "") seen.set(text, `${what} of ${program}`);
  };
  const own = read(pid, "cmdline");
  const timer = setInterval(() => {
    for (const child of below(pid)) {
      const line = read(child, "cmdline");
      // Not yet another program: what it shows is the server's own.
      if (line === own || line === "") continue;
      const program = path.basename(line.slice(0, line.indexOf("\0")));
      see("arguments", line, program);
      see("environment", read(child, "environ"), program);
    }
  }, everyMs);
  timer.unref();
  return { seen: () => [...seen].map(([text, title]) => [title, text] as const), end: () => clearInterval(timer) };
}

/** Children of every thread, and theirs. */
function below(pid: number): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
        .split(" ")
        .filter((one) => one !== "")
        .map(Number),
    );
    return children.flatMap((child) => [child, ...below(child)]);
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
