// The ports through which the gate reaches effects. Rooms implement them; compose.ts joins them; tests fake only the clock.
import type { ApprovalState, RequestFacts, VerdictCall } from "./approval.ts";
import type { AuditKind } from "./audit.ts";
import type { Command, FileChange, FileStep, Observed, Plan, Step } from "./command.ts";
import type { Decision, Evaluation, PlanObligations, PolicyFaultKind } from "./decision.ts";
import type { Outcome, StageOutcome, StepOutcome } from "./outcome.ts";
import type { Principal } from "./principal.ts";
import type { SandboxProfile } from "./sandbox.ts";
import type { ToolCall, TransportName } from "./tool-call.ts";

export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Monotonic, milliseconds with fraction: for durations only. */
  monotonic(): number;
}

export interface Ids {
  /** 26 or more characters, unguessable, sortable is not promised. */
  callId(): string;
}

/** What one judgement is asked about: one stage of one step, one change of a file, a server action, or a verdict. */
export type Question = {
  readonly call: ToolCall;
  readonly dryRun: boolean;
  readonly reason: string | null;
  readonly stepIndex: number;
  readonly stepCount: number;
  readonly observed?: Observed;
  /** Who approved this very plan, when the call brought a valid grant. */
  readonly approvedBy?: string;
} & (
  | {
      readonly kind: "command";
      readonly command: Command;
      readonly stageIndex: number;
      readonly stages: readonly Command[];
      readonly stdin?: string;
    }
  | { readonly kind: "file_change"; readonly fileChange: FileChange }
  | { readonly kind: "server" }
  | { readonly kind: "approve"; readonly verdict: VerdictCall["verdict"]; readonly request: RequestFacts }
);

/** The policy decision point. Never throws: a fault is an Evaluation that denies. */
export interface PolicyDecisionPoint {
  readonly revision: string;
  /** Id of the key that signed the bundle; absent when no signature was asked for. */
  readonly keyId?: string;
  decide(question: Question): Evaluation;
  /** What it would decide on a call that nobody made: told to nobody, not even a fault. */
  probe(question: Question): Evaluation;
  /** Names of the tools that this principal could ever use. Empty on a fault. */
  visible(principal: Principal): ReadonlySet<string>;
}

/** Files that a program needs to start at all: those it may execute, and files and folders that it may read. */
export interface ProgramFiles {
  readonly execute: readonly string[];
  readonly read: readonly string[];
}

export type Availability =
  /** Without `files` nobody knows what it needs (a script), so it runs without walls. */
  | {
      readonly available: true;
      readonly path: string;
      readonly version: string;
      readonly files?: ProgramFiles;
      /** It gets a temporary folder for each call. */
      readonly needsTemporary?: true;
    }
  | { readonly available: false; readonly reason: string };

export interface StepRequest {
  readonly callId: string;
  readonly step: Step;
  /** The folder that git commands work in; absent for steps without one. */
  readonly workTree?: string;
  /** Already merged over the plan. */
  readonly obligations: PlanObligations;
  /** The walls that policy names, one per stage. */
  readonly sandboxes: readonly SandboxProfile[];
  /** Wall clock for the whole step, milliseconds. */
  readonly timeoutMs: number;
  /** Aborts a read at once; a change that has started runs to its own limit (design section 4). */
  readonly signal: AbortSignal;
  onStageEnd?(stageIndex: number, outcome: StageOutcome): void;
}

/** The only room that starts processes. */
export interface Execution {
  availability(binary: string): Availability;
  /** Never rejects for what a process did; rejects only for a fault of our own. */
  run(request: StepRequest): Promise<StepOutcome>;
}

/** One command of the server's own, for what it keeps in order itself (the clone). No caller's text becomes an option of it. */
export interface ServerCommand {
  /** Without the program's name. `talks`: it may speak to the remote, so it gets the credentials. */
  readonly parameters: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly talks?: true;
  /** Beyond it the command counts as failed. */
  readonly maxStdoutBytes?: number;
  readonly signal?: AbortSignal;
}

/** Runs git for the work tree. Never rejects for what git did; stderr is redacted and cut. */
export type RunGit = (
  command: ServerCommand,
) => Promise<{ readonly succeeded: boolean; readonly stdout: string; readonly stderr: string }>;

/** Who asks the broker for a way out: a judged command, or the server's own git for its clone. */
export type LeaseRequest =
  | { readonly callId: string; readonly command: Command }
  /** OWNER/REPO, to be fetched from and never pushed to. */
  | { readonly callId: string; readonly fetches: string };

/** One command's way out, for as long as it runs. */
export interface Lease {
  /** Joins the child's environment: where the proxy is, and the nonce that ties its requests to the command. */
  readonly environment: Readonly<Record<string, string>>;
  /** The loopback port that the child may connect to. */
  readonly port?: number;
  /** The Unix socket that the child may connect to instead. */
  readonly socket?: string;
  /** Words of the argv that are given to the child in another spelling: https URLs, which the broker must be able to read. */
  readonly words?: Readonly<Record<string, string>>;
  /** The nonce dies, and what is under way with it. May be called again. */
  close(): void;
}

/** The broker as the execution sees it. Undefined: the command talks to nothing that is known, and gets no way out. */
export type OpenLease = (request: LeaseRequest) => Lease | undefined;

/** What a brokered request was meant for. */
export type BrokerTarget = "kubernetes" | "git" | "gh" | "curl" | "unknown";

/** A request that the broker refused: the child asked for what its command was not judged for, or nobody knows who asks. */
export interface BrokerRefusal {
  readonly target: BrokerTarget;
  /** Absent when the nonce is missing or unknown. */
  readonly callId?: string;
  readonly message: string;
  /** The model itself says that the program looks there, beyond what was judged, and does without: nothing to worry about. */
  readonly foreseen?: true;
}

/** What was seen, or why nothing could be: the call ends there. */
export type Observation =
  | { readonly ok: true; readonly observed: Observed }
  | {
      readonly ok: false;
      readonly code: "binary_unavailable" | "commit_not_here" | "repository_refused" | "busy";
      readonly message: string;
    };

/** The work tree while one plan has it: nobody else changes it until `release`. */
export interface HeldWorkTree {
  /** Where git commands of the plan run. */
  readonly folder: string;
  /** Rung 7: the same facts again. */
  observe(): Promise<Observation>;
  /** All changes or, when one cannot be made, none, with the reason. */
  change(step: FileStep): Promise<{ readonly problem?: string }>;
  /** Object id of what the plan committed; undefined when it committed nothing. */
  committed(): Promise<string | undefined>;
  release(): Promise<void>;
}

/** The clone of the repository and the work trees beside it. */
export interface WorkTree {
  /** Rung 3: the facts that a judgement of the plan rests on. Bounded; changes nothing but the clone's own freshness. */
  observe(plan: Plan, principal: Principal, signal: AbortSignal): Promise<Observation>;
  /** Waits for its turn, then has the work tree for the plan alone. */
  hold(plan: Plan, principal: Principal, signal: AbortSignal): Promise<HeldWorkTree>;
}

/** Who wants a slot, and what for. */
export interface SlotRequest {
  /** Id of the principal. */
  readonly principal: string;
  /** What would be started. */
  readonly binaries: readonly string[];
  /** Ends the waiting only. */
  readonly signal: AbortSignal;
}

/** There is no slot and no place to wait. */
export interface Busy {
  readonly kind: "busy";
  readonly retryAfterMs: number;
}

/** A bounded number of slots and of places to wait, shared fairly between principals. */
export interface Slots {
  /** Runs `work` in a slot, or answers busy. Rejects with the signal's reason when aborted while waiting. */
  take<T>(request: SlotRequest, work: () => Promise<T>): Promise<T | Busy>;
  readonly running: number;
  readonly waiting: number;
}

/** What a room knows about an event; the log adds seq, time, instance, segment, prev and mac (design section 8). */
export interface AuditEvent {
  readonly kind: AuditKind;
  readonly callId?: string;
  readonly principal?: Principal;
  readonly tool?: string;
  readonly transport?: TransportName;
  readonly planDigest?: string;
  readonly policyRevision?: string;
  /** Whose signature the policy's bundle has. */
  readonly policyKeyId?: string;
  readonly stepIndex?: number;
  readonly stageIndex?: number;
  readonly effect?: "allow" | "deny";
  readonly code?: string;
  readonly rules?: readonly string[];
  readonly reasons?: readonly { readonly rule: string; readonly message: string }[];
  /** Rendered argvs of the step's stages. */
  readonly argvs?: readonly (readonly string[])[];
  /** The policy input verbatim, JSON text; the log replaces it by its digest beyond 12 KB. */
  readonly input?: string;
  /** Raw arguments of a call that was not understood, invalid, or denied for credentials: the log redacts them and keeps 2 KB and the digest. */
  readonly rawArguments?: unknown;
  readonly reason?: string;
  readonly traceId?: string;
  /** Anything else that belongs to the kind: exit codes, durations, versions. JSON values only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface AuditLog {
  /** Resolves when the record is as durable as the fsync policy wants it, or written to stdout; rejects with AuditUnavailable. */
  append(event: AuditEvent): Promise<void>;
  /** Whether the last append worked: readiness depends on it. */
  readonly writable: boolean;
  /** The last record that was written: kept elsewhere, it shows when the end of the audit is cut off. */
  readonly head: { readonly seq: number; readonly mac: string } | undefined;
  close(): Promise<void>;
}

/** Told again, waited for, run, or run because the caller wanted it fresh. */
export type CacheResult = "hit" | "shared" | "miss" | "fresh";

/** Telemetry of one call. Facts go in after they happened, with their times; nothing here may throw. */
export interface CallObserver {
  /** 32 hex digits, when tracing is on or the caller sent one. */
  readonly traceId: string | undefined;
  decided(fact: { readonly evaluation: Evaluation; readonly decision: Decision }): void;
  executed(fact: {
    readonly command: Command;
    readonly outcome: StageOutcome;
    readonly ended: StepOutcome["ended"];
  }): void;
  redacted(kinds: Readonly<Record<string, number>>): void;
  /** Of a read that another call may have answered: whether one did. */
  cache(result: CacheResult): void;
  /** What became of a request, a verdict or a grant. */
  approval(state: ApprovalState): void;
  finished(outcome: Outcome): void;
  /** A fault of our own ended the call: there is no outcome. */
  faulted(): void;
}

/** The one port through which telemetry hears every rung's edge. */
export interface Observer {
  /** `knownTool` is false for names outside the catalog: metrics then say `unknown`. */
  call(call: ToolCall, knownTool: boolean): CallObserver;
  policyFault(kind: PolicyFaultKind): void;
  auditRecord(kind: AuditKind): void;
  auditFailure(): void;
  authFailure(reason: "missing" | "wrong" | "host" | "origin" | "session"): void;
  brokerRefusal(refusal: BrokerRefusal): void;
}

/** What /health and health_check say. Details are for authenticated callers. */
export interface HealthReport {
  readonly status: "ok" | "degraded" | "not_ready";
  readonly ready: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Health {
  report(): Promise<HealthReport>;
  /** Policy loaded, audit writable, not draining; not the cluster. */
  ready(): boolean;
}

/** The gate as the doors see it. */
export interface Gate {
  call(call: ToolCall, signal: AbortSignal): Promise<Outcome>;
  /** Names of tools to list for this principal. */
  visible(principal: Principal): ReadonlySet<string>;
}
