// The command model: one binary with its verb, flags, operands and derived facts, as the grammar understood it.
// The same frozen object is judged, recorded and executed; its argv is rendered from the model.
import type { RequestFacts, VerdictCall } from "./approval.ts";
import type { SandboxProfile } from "./sandbox.ts";

/** What running the command does to the world, in rising order of weight. */
export type Effect = "read" | "workspace" | "write" | "destructive";

/** One Kubernetes object or collection that the command names, canonical (plural resource, lower case). */
export interface ResourceReference {
  /** API group; "" is the core group. */
  readonly group: string;
  readonly resource: string;
  /** Object name, or "" for the collection. */
  readonly name: string;
  /** "" for cluster-scoped objects, and where no one namespace bounds what is read. */
  readonly namespace: string;
  /** `describe NAME` matches by prefix when NAME does not exist (facts: kubectl describe). */
  readonly nameMatch: "exact" | "prefix" | "any";
  /** True for what the verb reads besides what was named (describe node ⇒ pods). */
  readonly secondary: boolean;
}

/** A program in a small language that an operand or flag carries (jq, jsonpath, go-template …). */
export interface EmbeddedProgram {
  readonly language: string;
  /** What the program names that policy may care about, sorted and unique. */
  readonly identifiers: readonly string[];
}

/** A volume of a manifest: its type (configMap, hostPath, …) and what it names (a path, a claim, a driver), or "". */
export interface ManifestVolume {
  readonly type: string;
  readonly source: string;
}

/** One document of a manifest, as facts: what it is, and what its pods, if it has some, would be given. */
export interface ManifestFacts {
  readonly apiVersion: string;
  readonly kind: string;
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly images: readonly string[];
  /** Names of Secrets that it refers to: env, envFrom, volumes, projected and CSI volumes, imagePullSecrets. */
  readonly secretRefs: readonly string[];
  /** "" when it names none. */
  readonly serviceAccount: string;
  /** What it says of automountServiceAccountToken; null when it says nothing. */
  readonly automountToken: boolean | null;
  /** Of `network`, `pid`, `ipc`, and `port` for host ports. */
  readonly hostNamespaces: readonly string[];
  /** A container that is privileged, or from which a profile that holds containers is taken away. */
  readonly privileged: boolean;
  /** Linux capabilities that are added. */
  readonly capabilities: readonly string[];
  readonly volumes: readonly ManifestVolume[];
  /** What containers, probes and hooks start, where it is said: one list of words each. */
  readonly command: readonly (readonly string[])[];
  /** Whose object it says it is: `Kind/name` of owners, `flux/NAME`, `helm/NAME`, `argocd/NAME`; "" when nobody's. */
  readonly owner: string;
}

export interface PathReference {
  readonly path: string;
  readonly mode: "read" | "write";
}

export interface UrlReference {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** One ref that a git command names; `destination` is "" where nothing is written. */
export interface GitReference {
  /** A revision as the caller wrote it, an object id once it was observed. */
  readonly source: string;
  /** Full name: refs/heads/…. */
  readonly destination: string;
  readonly force: boolean;
}

export interface GitFacts {
  /** Name of the remote that is talked to; "" for what stays here. */
  readonly remote: string;
  readonly refs: readonly GitReference[];
  /** What a push would change against the base branch; filled in by observation. */
  readonly changedPaths: readonly string[];
}

/** Where a stage's standard input comes from. `bytes` counts what the caller gave; 0 for `none` and `stage`. */
export interface StandardInput {
  readonly from: "none" | "caller" | "stage";
  readonly bytes: number;
}

export interface Command {
  readonly binary: string;
  /** E.g. ["rollout","restart"]; [] for binaries without verbs. */
  readonly verb: readonly string[];
  readonly effect: Effect;
  /** True when the process itself talks to another host. */
  readonly egress: boolean;
  /** The walls it needs, by its grammar. Policy names the walls it gets: these, or stronger ones. */
  readonly sandbox: SandboxProfile;
  /** Asks the API server (or client) to change nothing. */
  readonly dryRun: boolean;
  /** Always explicit; [] when only cluster-scoped objects are named. */
  readonly namespaces: readonly string[];
  readonly allNamespaces: boolean;
  readonly resources: readonly ResourceReference[];
  /**
   * Canonical long spelling → values in order; a bare boolean is ["true"]. Scope flags (--namespace, --all-namespaces)
   * are lifted into `namespaces` and `allNamespaces`; pins that the renderer always appends are not listed.
   */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  readonly operands: readonly string[];
  /** "label" | "field" → selector text. */
  readonly selectors: Readonly<Record<string, string>>;
  readonly paths: readonly PathReference[];
  readonly urls: readonly UrlReference[];
  readonly programs: readonly EmbeddedProgram[];
  /** What standard input says shall be, for a verb that reads manifests; absent for all others. */
  readonly manifests?: readonly ManifestFacts[];
  /** How many copies the command asks for, where it does; of several numbers 0 first, then the largest. */
  readonly replicas?: number;
  /** Of git commands only. */
  readonly git?: GitFacts;
  /** OWNER/REPO at the forge: gh's --repo, for git the observed remote's. Absent for other binaries. */
  readonly repositories?: readonly string[];
  readonly stdin: StandardInput;
  /** Rendered from this model; argv[0] is the binary's name. This is what runs, pins included. */
  readonly argv: readonly string[];
  /** Exit codes that are answers and not failures (grep: 0 and 1). */
  readonly answerExitCodes: readonly number[];
  /** A line of standard error that begins so tells of a failure, whatever the exit code says (flux: 0 for "not found"). */
  readonly failureSign?: string;
  /** What whoever called must know about every run of it, such as that the command does not wait. */
  readonly note?: string;
}

/** 1 to 8 commands joined by `|`. Each is judged and started on its own; the server joins the pipes. */
export interface Pipeline {
  readonly stages: readonly Command[];
  /** Standard input of the first stage: as the caller gave it, or a manifest rendered from its model. */
  readonly stdin?: string;
}

/** One file of the work tree that is written or deleted. */
export interface FileChange {
  /** Relative to the work tree, as git writes it. */
  readonly path: string;
  readonly operation: "write" | "delete";
  /** Of the content, hex; "" for a deletion. */
  readonly sha256: string;
  readonly bytes: number;
  /** Never recorded: the digest stands for it. */
  readonly content?: string;
}

/** A step that starts no process: files of the work tree are changed, all or none. */
export interface FileStep {
  readonly stages: readonly [];
  readonly fileChanges: readonly FileChange[];
  readonly stdin?: undefined;
}

/** One step of a plan. */
export type Step = (Pipeline & { readonly fileChanges?: undefined }) | FileStep;

/** Where a plan's git commands work when it makes a change of its own: a new work tree at the remote's base branch. */
export interface WorkBranch {
  /** What the commit goes to: ai-sre/…. */
  readonly branch: string;
  readonly base: string;
}

/** An object that a manifest would change, as it was seen: what the manifest may keep. */
export type ObservedObject = Pick<
  ManifestFacts,
  "apiVersion" | "kind" | "namespace" | "name" | "secretRefs" | "serviceAccount" | "automountToken" | "owner"
> &
  /** What it runs: for the person who approves a change of it. */
  Partial<Pick<ManifestFacts, "images" | "command">>;

/** Outside facts that a judgement rests on, looked at before it and again before anything starts. */
export interface Observed {
  readonly repository?: {
    readonly remoteUrl: string;
    readonly clean: boolean;
    /** Object ids, 40 or 64 hex digits. */
    readonly head: string;
    readonly base: string;
    /** Revision as it was named → object id. */
    readonly refs: Readonly<Record<string, string>>;
  };
  /** OWNER/REPO of the remote's URL; [] when it is none of the forge's. */
  readonly repositories: readonly string[];
  /** What the commit to be pushed changes against the base branch. */
  readonly changedPaths: readonly string[];
  /** Those objects that manifests would change and that were there, could be read and were understood. */
  readonly objects?: readonly ObservedObject[];
  /** Of a verdict: the request that it is about. */
  readonly request?: RequestFacts;
}

/** A call inside a call, as it came: its arguments are still raw. */
export interface InnerCall {
  readonly tool: string;
  readonly arguments: unknown;
}

/** Several calls as one. */
export interface Batch {
  readonly calls: readonly InnerCall[];
  /** Whether a call that fails ends the batch; one that may not start always does. */
  readonly stopOnError: boolean;
}

/** What one tool call comes to, understood. */
export interface Plan {
  /** `server` and `approve` plans run nothing: they ask the server about itself, or give a verdict on another call's plan. */
  readonly action: "command" | "server" | "approve";
  /** Of action `approve`. */
  readonly verdict?: VerdictCall;
  readonly steps: readonly Step[];
  /** sha256 (hex) over rendered argvs, standard input, file contents and what was observed. */
  readonly digest: string;
  readonly workBranch?: WorkBranch;
  /** Absent until it was looked at, and for plans that rest on nothing outside. */
  readonly observed?: Observed;
  readonly dryRun: boolean;
  /** The caller's own words, for the audit and the approver. */
  readonly reason?: string;
  /** The caller's own limit, milliseconds; policy's limit holds when it is lower. */
  readonly timeoutMs?: number;
  /** The caller wants no answer of another call. */
  readonly fresh?: true;
  /** Of `preflight`: what is asked about. */
  readonly ahead?: InnerCall;
  /** Of `run_batch`: what is to be done, one after the other. */
  readonly batch?: Batch;
}

/** What a tool makes of its arguments, before the command room has read it. */
export type DraftStep =
  | { readonly commandLine: string; readonly stdin?: string }
  | { readonly argv: readonly string[]; readonly stdin?: string }
  /** Files with their new content; without one the file is deleted. */
  | { readonly files: readonly { readonly path: string; readonly content?: string }[] };

export interface Draft {
  readonly action: "command" | "server" | "approve";
  readonly verdict?: VerdictCall;
  readonly steps: readonly DraftStep[];
  /** The base branch is the site's when it is left out. */
  readonly workBranch?: { readonly branch: string; readonly base?: string };
  readonly reason?: string;
  readonly timeoutMs?: number;
  /** True when the tool was asked for a dry run; the grammar puts it into the argv. */
  readonly dryRun?: boolean;
  readonly fresh?: true;
  readonly ahead?: InnerCall;
  readonly batch?: Batch;
}

/** Place of a token: stage counted from 0, index of the token within the stage (0 is the binary). */
export interface TokenPosition {
  readonly stage: number;
  readonly index: number;
}

/** Why a draft was not understood, in words that help the caller to do better. */
export interface NotUnderstood {
  readonly message: string;
  readonly token?: string;
  readonly position?: TokenPosition;
  /** The nearest thing that would be understood. */
  readonly try?: string;
}

/** A kind that site data adds to the static table of Kubernetes' own. */
export interface ResourceKind {
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
}

/** What git and gh commands mean when they leave it out. */
export interface GitDefaults {
  /** OWNER/REPO; absent when the site has none. */
  readonly repository?: string;
  readonly remote: string;
  readonly baseBranch: string;
}

/** Where the site's monitoring answers: base URLs, from the configuration. Absent: the site has none, or did not say. */
export interface Endpoints {
  readonly prometheus?: string;
  readonly alertmanager?: string;
}

/** What tools and grammars need to know of the site. */
export interface ParseSettings {
  readonly defaultNamespace: string;
  /** Where Flux lives: the namespace of flux commands that name none. */
  readonly fluxNamespace: string;
  readonly kinds: readonly ResourceKind[];
  readonly endpoints?: Endpoints;
  /** Absent: remote origin, branch main, no repository. */
  readonly git?: GitDefaults;
}

export type ParseResult =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly refusal: NotUnderstood };

/** How to find out whether an installed binary is the one the grammar was checked against. */
export interface BinarySpec {
  readonly name: string;
  /** Arguments that print a version and do nothing else. */
  readonly probe: readonly string[];
  /** First group is the version, dotted numbers. */
  readonly versionPattern: RegExp;
  /** Inclusive lower bound, e.g. "1.32". */
  readonly atLeast: string;
  /** Exclusive upper bound, e.g. "1.37". */
  readonly below: string;
  /** A version output that matches this is another program under the same name (a vendor's dispatcher). */
  readonly impostor?: RegExp;
  /** The walls that it runs in; `text`, the strongest, unless said. */
  readonly sandbox?: SandboxProfile;
  /** It keeps what it reads in a temporary file. */
  readonly needsTemporary?: true;
}
