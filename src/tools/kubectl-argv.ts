// How the kubectl tools write their argvs. Used by kubectl.ts and kubectl-changes.ts.
import type { Draft } from "../domain/command.ts";

export const argv = (...parts: readonly (string | readonly string[])[]): Draft => ({
  action: "command",
  steps: [{ argv: ["kubectl", ...parts.flat()] }],
});

/** `--name=value` when there is a value, nothing otherwise. */
export const flag = (name: string, value: string | number | boolean | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}=${value}`];

export interface Change {
  readonly reason?: string | undefined;
  readonly dry_run?: boolean | undefined;
}

/** The draft with what every change takes besides. */
export const change = (draft: Draft, input: Change): Draft => ({
  ...draft,
  ...(input.reason === undefined ? {} : { reason: input.reason }),
  ...(input.dry_run === undefined ? {} : { dryRun: input.dry_run }),
});

/** Asks the API server to judge the change, admission included, and to persist nothing. */
export const serverDryRun = (input: Change): readonly string[] =>
  flag("dry-run", input.dry_run === true ? "server" : undefined);
