// What reading operands gives and depends on; shared by the readers of this folder.
import type {
  Effect,
  EmbeddedProgram,
  GitDefaults,
  GitFacts,
  ManifestFacts,
  PathReference,
  ResourceReference,
  UrlReference,
} from "../../domain/command.ts";
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
  /** The requests that running it makes. */
  readonly urls?: readonly UrlReference[];
  /** Where operands and flags say more about it than the verb. */
  readonly effect?: Effect;
  /** It prints about itself and ends: nothing else takes place, and nothing but this flag is rendered. */
  readonly prints?: "--version";
  /** Of a manifest: its documents, how many replicas they ask for, and the standard input that they are rendered to. */
  readonly manifests?: readonly ManifestFacts[];
  readonly replicas?: number;
  readonly stdin?: string;
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
  readonly git: GitDefaults;
  /** How many operands stand before `--`; undefined without one. */
  readonly beforeDash: number | undefined;
  /** With --all-namespaces no object can be named. */
  readonly allNamespaces: boolean;
  /** The caller's standard input, when this is the stage that gets it. */
  readonly stdin: string | undefined;
}

export const nothing: OperandFacts = { operands: [], resources: [], programs: [] };
