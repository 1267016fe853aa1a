// The shape of a grammar: data that says what we understand of a binary. Policy says what of it is allowed.
import type { BinarySpec, Effect } from "../../domain/command.ts";

/** What a flag's value may be. Checked and made canonical by values.ts. */
export type ValueType =
  | { readonly kind: "boolean" }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  /** Go durations: 30s, 5m, 1h30m. What is longer than `capMs` is understood and lowered to it. */
  | { readonly kind: "duration"; readonly minMs: number; readonly maxMs: number; readonly capMs?: number }
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
  /** The value that stands for the bare flag; another one must be glued (getopt's optional argument, pflag's NoOptDefVal). */
  readonly optional?: string;
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
  /** Behind the first operand every word is one (gawk's program). */
  readonly stopsAtOperand?: true;
  /** `--end-of-options` ends options; `--` may still follow and divides revisions from paths (git). */
  readonly endOfOptions?: true;
  /** `-5` stands for this flag with value 5, in verbs that have it. */
  readonly numericShort?: `--${string}`;
}

export interface VerbGrammar {
  /** E.g. ["rollout","restart"]; [] for binaries without verbs. */
  readonly verb: readonly string[];
  /** Further exact spellings of the verb. */
  readonly aliases?: readonly (readonly string[])[];
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
  /** Flags without which the verb means nothing. */
  readonly requires?: readonly `--${string}`[];
  /** A line of standard error that begins so tells of a failure, whatever the exit code says. */
  readonly failureSign?: string;
  /**
   * Operands are rendered before flags. `top` has subcommands of its own, and cobra, looking for one, takes the word
   * after a flag that it does not know yet for that flag's value: `top --no-headers pods` fails.
   */
  readonly operandsFirst?: true;
  /** A flag counts for the operands behind it only (git rev-parse): all come first, as they are rendered. */
  readonly flagsFirst?: true;
  /** Of each group one flag at most: the tool lets the last one win, and the order of the argv is ours. */
  readonly exclusive?: readonly (readonly `--${string}`[])[];
  /** The verb works inside a namespace even when no object is named. */
  readonly namespaced?: true;
  /** What whoever called must know about every run of it, such as that the command does not wait. */
  readonly note?: string;
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
  /** `-` once, or up to `times`: paste takes a column for each. */
  | { readonly kind: "standard-input"; readonly times?: number }
  | { readonly kind: "pattern-or-standard-input"; readonly flag: `--${string}` }
  /** One program: an operand, or the values of a flag, which then carries it in the argv; then `-` at most. */
  | ProgramOperand
  /** date's +FORMAT: an operand without the plus would set the clock. */
  | { readonly kind: "date-format" }
  | { readonly kind: "character-sets" }
  /** One http or https URL. */
  | { readonly kind: "request" }
  /** TYPE [NAME…] or TYPE/NAME…; `one` demands exactly one object, whose earlier `revisions` may be read besides. */
  | { readonly kind: "resources"; readonly describes?: true; readonly one?: OneObject; readonly revisions?: true }
  /** One object, then NAME=VALUE… (labels and annotations: NAME- takes one away). */
  | { readonly kind: "assignments"; readonly of: "image" | "label" | "annotation"; readonly one: OneObject }
  /** No words: the objects stand in the caller's standard input. */
  | { readonly kind: "manifest" }
  | { readonly kind: "node" }
  | { readonly kind: "logs" }
  | { readonly kind: "top" }
  | { readonly kind: "events" }
  | { readonly kind: "explain" }
  | { readonly kind: "can-i" }
  /** helm: no operands, the releases of a namespace. */
  | { readonly kind: "releases" }
  /** helm: one release; `changes` demands the revision to go back to. */
  | { readonly kind: "release"; readonly shows?: "objects"; readonly changes?: true }
  /** flux: KIND [NAME], as far as the verb knows the kind; `one` demands the name. */
  | { readonly kind: "flux-objects"; readonly verb: FluxVerb; readonly one?: true }
  /** flux: TYPE NAME or TYPE/NAME of any kind of the cluster. */
  | { readonly kind: "flux-trace" }
  /** flux: no operands; what is read hangs on the verb. */
  | { readonly kind: "flux-report"; readonly of: "check" | "events" | "logs" | "stats" | "version" }
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

/** Verbs of flux that name objects by its own words for kinds. */
export type FluxVerb = "get" | "tree" | "reconcile" | "suspend" | "resume";

/** Exactly one object; of one of `types` (core or apps) where they are given, otherwise of any type. */
export interface OneObject {
  readonly types?: readonly string[];
}

export interface ProgramOperand {
  readonly kind: "program";
  readonly language: "jq" | "sed" | "gawk" | "yq";
  readonly flag?: `--${string}`;
  /** The program when none is given. */
  readonly fallback?: string;
  /** Words that the binary would take for something else, such as a verb of its own. */
  readonly notPrograms?: readonly string[];
  /** Flags whose values assign a variable, `name=value`: the names count as the program's. */
  readonly assigns?: `--${string}`;
  /** The argv ends in `-`, unless this flag says that nothing is read. */
  readonly dashUnless?: `--${string}`;
}

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
  /** Words that, standing alone behind the binary, only print: each spelling with the one that is rendered. */
  readonly printsAlone?: ReadonlyMap<string, "--version" | "--help">;
  /** The namespace of commands that name none; site data's default namespace unless said. */
  readonly home?: "flux";
  /** Words may span lines: a commit's message, a jq program. Each flag and operand still says what it may hold. */
  readonly manyLines?: true;
}
