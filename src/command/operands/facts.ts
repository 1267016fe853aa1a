// What reading operands gives and depends on; shared by the readers of this folder.
import type { EmbeddedProgram, ResourceReference, UrlReference } from "../../domain/command.ts";
import type { KindTable } from "../kubectl/resources.ts";
import type { Token } from "../refusal.ts";

export interface OperandFacts {
  readonly operands: readonly string[];
  readonly resources: readonly ResourceReference[];
  readonly programs: readonly EmbeddedProgram[];
  /** A value that belongs to a flag: grep's pattern becomes --regexp. */
  readonly asFlag?: { readonly name: string; readonly value: string };
  /** The requests that running it makes. */
  readonly urls?: readonly UrlReference[];
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
  /** Where Flux's controllers live. */
  readonly fluxNamespace: string;
  /** With --all-namespaces no object can be named. */
  readonly allNamespaces: boolean;
}

export const nothing: OperandFacts = { operands: [], resources: [], programs: [] };
