// What one binary needs to be compared with its model: where it runs, and what to look at afterwards.
import type { Command } from "../../src/domain/command.ts";
import type { Grammar } from "../../src/command/grammar/types.ts";
import type { Fitting } from "./generate.ts";

/** The verdict on what runs, by its end and by what was found. */
export const verdict = ({ command }: Case, status: number | null, differs: string | undefined): Verdict => ({
  acted: command.answerExitCodes.includes(status ?? -1),
  ...(differs === undefined ? {} : { differs }),
});

/** One argv that the parser understood, and what it says. */
export interface Case {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly command: Command;
  /** Standard input as it is handed to what runs. */
  readonly renderedStdin?: string;
}

/** How a case ended. */
export interface Verdict {
  /** What did not agree; absent when both spellings did what the model says. */
  readonly differs?: string;
  /** What runs did its work: the binary neither refused it nor failed. */
  readonly acted: boolean;
}

/** A place of its own to run cases in, one after the other. */
export interface World {
  /** Runs the caller's argv and the rendered one. */
  readonly compare: (one: Case) => Promise<Verdict>;
  readonly close: () => Promise<void>;
}

export interface Adapter {
  readonly grammar: Grammar;
  /** Cases of a short run; a long one gives each binary its part by this number. */
  readonly share: number;
  readonly fitting?: Fitting;
  /** Worlds side by side, where there cannot be as many as everywhere. */
  readonly lanes?: number;
  /** Cases that cannot be compared: what runs would wait, or answers by the clock. */
  readonly skips?: (one: Case) => boolean;
  /** `VERB FLAG` that no case can exercise, and why. */
  readonly unreachable?: ReadonlyMap<string, string>;
  /** `file` is the program. */
  readonly open: (file: string) => Promise<World>;
}
