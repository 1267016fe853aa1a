// What a transformation is, and the ways to write one: over the words of a stage, over its parts, over one flag.
import { type Call, type Spelling, stagesOf, withStages, type Words } from "./call.ts";
import { type FlagPart, type Part, putTogether, type Stage, takeApart } from "./parts.ts";

export interface Transformation {
  readonly name: string;
  /** Fewer spellings of the whole corpus than this mean that the transformation is broken. */
  readonly atLeast: number;
  readonly of: (call: Call) => readonly Spelling[];
}

interface Rewritten<What> {
  readonly to: What;
  readonly same: boolean;
}

/** Rewrites one stage at a time. */
export const overStages =
  (rewrite: (stage: Stage, words: Words) => readonly Rewritten<Words>[]) =>
  (call: Call): readonly Spelling[] => {
    const stages = stagesOf(call) ?? [];
    return stages.flatMap((words, at) => {
      const stage = takeApart(words);
      if (stage === undefined) return [];
      return rewrite(stage, words).map(({ to, same }) => ({ call: withStages(call, stages.with(at, to)), same }));
    });
  };

/** Rewrites the parts behind the binary. */
export const overParts = (rewrite: (stage: Stage) => readonly Rewritten<readonly Part[]>[]) =>
  overStages((stage) => rewrite(stage).map(({ to, same }) => ({ to: putTogether(stage.binary, to), same })));

/** Rewrites one flag at a time. */
export const overFlags = (rewrite: (part: FlagPart, stage: Stage) => readonly Rewritten<readonly Part[]>[]) =>
  overParts((stage) =>
    stage.parts.flatMap((part, at) =>
      part.kind !== "flag"
        ? []
        : rewrite(part, stage).map(({ to, same }) => ({ to: stage.parts.toSpliced(at, 1, ...to), same })),
    ),
  );

export const isLong = (name: string): boolean => name.startsWith("--");
