// The shape of a grammar: data that says what we understand of a binary. Policy says what of it is allowed.
import type { BinarySpec, Effect } from "../../domain/command.ts";

/** What a flag's value may be. Checked and made canonical by values.ts. */
export type ValueType =
  | { readonly kind: "boolean" }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  /** Go durations: 30s, 5m, 1h30m. */
  | { readonly kind: "duration"; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "namespace" }
  | { readonly kind: "name" }
  | { readonly kind: "selector"; readonly of: "label" | "field" }
  /** kubectl's -o: json, yaml, name, wide or a template given in the value itself. */
  | { readonly kind: "printer"; readonly values: readonly string[]; readonly templates?: true }
  /** TYPE/NAME of one object. */
  | { readonly kind: "object" }
  | { readonly kind: "pattern"; readonly pattern: RegExp; readonly looksLike: string; readonly program?: boolean };

/** Scope flags are lifted into the model's namespaces; pins are always appended by the renderer. */
type FlagClass = "scope" | "output" | "limit" | "filter" | "danger" | "pin";

export interface Flag {
  /** The long spelling that the model, the policy and the rendered argv use. */
  readonly name: `--${string}`;
  /** Further exact spellings: `-o`, or another long form. */
  readonly aliases?: readonly string[];
  /** The alias that is rendered, where the binary looks for that very spelling. */
  readonly rendered?: string;
  readonly type: ValueType;
  /** How many tokens follow; 1 unless said (a boolean: 0). */
  readonly arity?: 2;
  readonly multi?: true;
  /** The value must be glued with `=`: a following token would be an operand (pflag's NoOptDefVal). */
  readonly glued?: true;
  /** What a glued flag means without its `=`, in the spelling that is rendered. */
  readonly bare?: string;
  /** What the site sets for those who leave it out. */
  readonly fallback?: "baseBranch";
  /** `=false` is the tool's own default and is left out of the model. */
  readonly falseIsDefault?: true;
  readonly class: FlagClass;
}

/** How a binary reads options. */
export interface Syntax {
  /** `--x=v` is accepted. */
  readonly longEquals: boolean;
  /** `-xV` is accepted. */
  readonly gluedShorts: boolean;
  /** `-x=V` drops the `=` (pflag). */
  readonly shortEquals: boolean;
  /** `--flag=true|false` for booleans (pflag). */
  readonly booleanValues: boolean;
  /** `_` counts as `-` in long flags (kubectl's WordSepNormalizeFunc). */
  readonly foldUnderscores: boolean;
  /** `--` ends options. */
  readonly doubleDash: boolean;
  /** `--end-of-options` ends options; `--` may still follow and divides revisions from paths (git). */
  readonly endOfOptions?: true;
  /** `-5` stands for this flag with value 5, in verbs that have it. */
  readonly numericShort?: `--${string}`;
}

export interface VerbGrammar {
  /** E.g. ["rollout","restart"]; [] for binaries without verbs. */
  readonly verb: readonly string[];
  readonly effect: Effect;
  readonly egress: boolean;
  readonly flags: readonly Flag[];
  /** What the operands are; each kind has its reader in operands.ts. */
  readonly operands: OperandKind;
  /** Flags that the renderer adds when the caller gave none: bounds that an execution needs. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Flags that the renderer always adds; a caller may repeat them with exactly this value. */
  readonly pins?: Readonly<Record<string, string>>;
  readonly answers: readonly AnswerCodes[];
  /** Flags that must be given: without them the binary would open an editor or ask. */
  readonly required?: readonly string[];
  /**
   * Operands are rendered before flags. `top` has subcommands of its own, and cobra, looking for one, takes the word
   * after a flag that it does not know yet for that flag's value: `top --no-headers pods` fails.
   */
  readonly operandsFirst?: true;
  /** The verb works inside a namespace even when no object is named. */
  readonly namespaced?: true;
  /** Operands carry their own `--`; with `--end-of-options` that word is rendered before them (git). */
  readonly ownDash?: "--" | "--end-of-options";
  /** The verb works on a repository at the forge: the one of --repo, or the site's (gh). */
  readonly onRepository?: boolean;
}

/** Exit codes that are answers, always or only when a flag is given. */
interface AnswerCodes {
  readonly codes: readonly number[];
  readonly whenFlag?: string;
}

export type OperandKind =
  | { readonly kind: "none" }
  | { readonly kind: "standard-input" }
  | { readonly kind: "pattern-or-standard-input"; readonly flag: `--${string}` }
  | { readonly kind: "program"; readonly language: "jq" }
  | { readonly kind: "character-sets" }
  /** TYPE [NAME…] or TYPE/NAME…; `one` demands exactly one object of one of `types`, core or apps. */
  | { readonly kind: "resources"; readonly describes?: true; readonly one?: { readonly types: readonly string[] } }
  | { readonly kind: "logs" }
  | { readonly kind: "top" }
  | { readonly kind: "events" }
  | { readonly kind: "explain" }
  | { readonly kind: "can-i" }
  /** git: [REVISION…] [-- PATH…]. */
  | {
      readonly kind: "git-revisions";
      /** How many revisions; none given and `fallback` set: that one. */
      readonly atMost: number;
      readonly atLeast?: 1;
      readonly fallback?: "HEAD";
      readonly ranges?: true;
      readonly paths?: true;
      /** REVISION:PATH, the content of one file. */
      readonly files?: true;
    }
  /** git: [--] PATH…; what is done to them, and the flags of which one stands for all paths. */
  | { readonly kind: "git-paths"; readonly mode: "read" | "write"; readonly orOneOf?: readonly string[] }
  /** git: [REVISION] [--] PATH. */
  | { readonly kind: "git-file" }
  /** git: patterns for names, only beside --list: without it a word would make a branch or a tag. */
  | { readonly kind: "git-names" }
  /** git: REMOTE and a branch; push demands one SOURCE:DESTINATION. */
  | { readonly kind: "git-remote"; readonly takes: "anything" | "branch" | "refspec" }
  /** gh: the number of a pull request, an issue or a run. */
  | { readonly kind: "gh-number" }
  /** gh repo view: OWNER/REPO, the site's when left out. */
  | { readonly kind: "gh-repository" };

/** A spelling that we know and never understand, with the reason and what to do instead. */
export interface KnownRefusal {
  readonly message: string;
  readonly try?: string;
}

export interface Grammar {
  readonly spec: BinarySpec;
  readonly syntax: Syntax;
  /** Flags accepted before the verb and after it. */
  readonly globalFlags: readonly Flag[];
  readonly verbs: readonly VerbGrammar[];
  readonly refusedVerbs?: ReadonlyMap<string, KnownRefusal>;
  readonly refusedFlags?: ReadonlyMap<string, KnownRefusal>;
  /** Flags that only print and end everything else. */
  readonly helpFlags?: readonly string[];
  /** Spellings that, alone behind the binary, print about it and end, with the one that is rendered. */
  readonly alone?: ReadonlyMap<string, "--help" | "--version">;
  /** Words may span lines: a commit's message, a jq program. Each flag and operand still says what it may hold. */
  readonly manyLines?: true;
}
