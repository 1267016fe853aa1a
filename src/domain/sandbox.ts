// Names of the walls that a command may run in. The grammar says which a binary needs, policy names one per stage, execution
// holds what each grants (src/execution/profiles.ts).

/** `text`: no network, no fork, no files. The others: what that one binary needs. */
export const sandboxProfiles = ["text", "kubectl", "helm", "flux", "git", "curl", "gh"] as const;
export type SandboxProfile = (typeof sandboxProfiles)[number];

/** True when the walls that policy names hold at least what the grammar's hold: the same ones, or those that grant nothing. */
export const holdsAsMuch = (named: SandboxProfile, own: SandboxProfile): boolean => named === own || named === "text";

/** What one step of a plan has of a list with one entry per stage and per change of a file, in the plan's order. */
export function partOfStep<T>(
  steps: readonly { readonly stages: readonly unknown[]; readonly fileChanges?: readonly unknown[] | undefined }[],
  list: readonly T[],
  stepIndex: number,
): readonly T[] {
  const counts = steps.map(({ stages, fileChanges }) => stages.length + (fileChanges?.length ?? 0));
  const before = counts.slice(0, stepIndex).reduce((sum, count) => sum + count, 0);
  return list.slice(before, before + (counts[stepIndex] ?? 0));
}

/** `require` starts only with the walls, `prefer` runs with what there is and says so, `off` runs without. */
export const sandboxModes = ["require", "prefer", "off"] as const;
export type SandboxMode = (typeof sandboxModes)[number];

/** What commands really run in. */
export interface SandboxState {
  readonly mode: SandboxMode;
  /** The Landlock ABI in use; `none` without the helper, `0` on a kernel without Landlock. */
  readonly abi: string;
}
