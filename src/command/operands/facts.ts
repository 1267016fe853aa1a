// What reading operands gives and depends on; shared by the readers of this folder.
import type { EmbeddedProgram, GitDefaults, GitFacts, PathReference, ResourceReference } from "../../domain/command.ts";
import type { KindTable } from "../kubectl/resources.ts";
import type { Token } from "../refusal.ts";

export interface OperandFacts {
  readonly operands: readonly string[];
  readonly resources: readonly ResourceReference[];
  readonly programs: readonly EmbeddedProgram[];
  readonly paths?: readonly PathReference[];
  readonly git?: GitFacts;
  readonly repositories?: readonly string[];
  /** A value that belongs to a flag: grep's pattern becomes --regexp. */
  readonly asFlag?: { readonly name: string; readonly value: string };
}

/** What reading operands depends on besides the operands. */
export interface OperandContext {
  /** The last token of the verb, or the binary: where a missing operand is reported. */
  readonly verb: Token;
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** The token that gave a flag, for refusals. */
  readonly places: ReadonlyMap<string, Token>;
  readonly kinds: KindTable;
  readonly namespace: string;
  readonly git: GitDefaults;
  /** How many operands stand before `--`; undefined without one. */
  readonly beforeDash: number | undefined;
  /** With --all-namespaces no object can be named. */
  readonly allNamespaces: boolean;
}

export const nothing: OperandFacts = { operands: [], resources: [], programs: [] };
