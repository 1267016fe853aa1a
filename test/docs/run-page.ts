// Runs the commands of a page: its `sh` blocks one after the other in one shell, and holds what they print to the `text` block that
// follows. Used by the tests of the pages that are run as a whole.
import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import type { Fence } from "./markdown.ts";

/** A block of commands with what the page shows of their output. */
export interface Step {
  readonly commands: string;
  readonly shown: readonly string[];
}

export interface PageRun {
  /** What each step printed, in order; of a step that was not reached nothing. */
  readonly printed: readonly string[];
  readonly status: number | null;
  /** The end of it all, for a message. */
  readonly said: string;
}

/** Blocks of another language that stand behind the commands show what these print; `…` stands for anything. */
export function stepsOf(fences: readonly Fence[]): readonly Step[] {
  return fences.flatMap(({ language, text }, at) => {
    if (language !== "sh") return [];
    const next = fences[at + 1];
    return [{ commands: text, shown: next?.language === "text" ? next.text.trimEnd().split("\n") : [] }];
  });
}

/** Ends with the first command that fails, and with what the commands left in the background. */
export function runSteps(
  steps: readonly Step[],
  {
    cwd,
    env,
    timeoutMs,
  }: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly timeoutMs: number },
): PageRun {
  const border = "=== step ";
  const script = [
    `trap 'for job in $(jobs -p); do kill "$job"; done' EXIT`,
    ...steps.map(({ commands }, at) => `echo; echo "${border}${at}"\n${commands}`),
  ].join("\n");
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-eo", "pipefail", "-c", script], {
    cwd,
    encoding: "utf8",
    env,
    maxBuffer: 64 * 1024 * 1024,
    timeout: timeoutMs,
  });
  const printed = stdout.split(new RegExp(`^${border}\\d+\\n`, "m")).slice(1);
  return { printed, status, said: `${stdout.slice(-2000)}\n${stderr.slice(-4000)}` };
}

/** The pieces of each shown line are in the output, in that order. */
export function expectShown(printed: string, shown: readonly string[]): void {
  let rest = printed;
  for (const piece of shown.flatMap((line) => line.split("…")).filter((part) => part.trim() !== "")) {
    const found = rest.indexOf(piece);
    expect(found, `"${piece}" is not in what follows of:\n${printed}`).toBeGreaterThanOrEqual(0);
    rest = rest.slice(found + piece.length);
  }
}
