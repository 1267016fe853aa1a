// What became of one process → the stage's outcome, and what is said of it beside its own words. Pure; used by execute.ts.
import type { Command } from "../domain/command.ts";
import type { StageOutcome } from "../domain/outcome.ts";
import type { ProcessEnd } from "./run.ts";
import { saysError, saysUnreachable } from "./unreachable.ts";

interface Times {
  readonly startedAtMs: number;
  readonly durationMs: number;
}

export function stageOutcome(command: Command, end: ProcessEnd, stderr: string, times: Times): StageOutcome {
  const { exitCode, signal } = end;
  const failed =
    tellsOfFailure(command, stderr) ||
    (exitCode !== 0 && end.stdout.totalBytes === 0 && saysError(command.binary, stderr));
  const answered =
    end.ended === "exited" &&
    !end.flooded &&
    !failed &&
    exitCode !== undefined &&
    command.answerExitCodes.includes(exitCode);
  return {
    argv: command.argv,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    startedAtMs: times.startedAtMs,
    durationMs: times.durationMs,
    truncated: end.flooded || end.stdout.droppedBytes > 0,
    ...(end.usage === undefined ? {} : { usage: end.usage }),
    ...(end.refused === undefined ? {} : { refused: end.refused }),
    ...(!answered && saysUnreachable(command.binary, stderr) ? { unreachable: true } : {}),
    answered,
  };
}

const tellsOfFailure = ({ failureSign }: Command, stderr: string): boolean =>
  failureSign !== undefined && stderr.split("\n").some((line) => line.startsWith(failureSign));

/** What the process could not say itself. */
export function remark({ startError, flooded, outgrown, crowded, overfull, signal }: ProcessEnd): string {
  if (startError !== undefined) return `\nthe process could not be started (${startError})\n`;
  if (outgrown === true) return "\nkilled: it needed more memory than a command may have\n";
  if (overfull === true) return "\nkilled: the folders that it writes to hold more than they may\n";
  if (crowded === true) return "\nkilled: it started too many processes\n";
  if (signal === "SIGXCPU") return "\nkilled: it used too much CPU time\n";
  if (signal === "SIGXFSZ") return "\nkilled: it wrote too large a file\n";
  return flooded ? "\nkilled: it printed without end\n" : "";
}

export function prefixed(binary: string, text: string): string {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => `${binary}: ${line}\n`).join("");
}
