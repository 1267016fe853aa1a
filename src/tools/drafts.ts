// How typed tools build drafts: one argv of one binary, flags with their values glued on. Shared by the toolsets' files.
import type { Draft } from "../domain/command.ts";

/** A draft of one step with one command. */
export const oneCommand = (...parts: readonly (string | readonly string[])[]): Draft => ({
  action: "command",
  steps: [{ argv: parts.flat() }],
});

/** `--name=value` when there is a value, nothing otherwise. */
export const flag = (name: string, value: string | number | boolean | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}=${value}`];

interface Change {
  readonly reason?: string | undefined;
  readonly dry_run?: boolean | undefined;
}

/** The draft with what every changing tool takes. */
export const change = (draft: Draft, input: Change): Draft => ({
  ...draft,
  ...(input.reason === undefined ? {} : { reason: input.reason }),
  ...(input.dry_run === undefined ? {} : { dryRun: input.dry_run }),
});
