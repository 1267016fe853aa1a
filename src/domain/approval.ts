// What a person is asked, what they said, and what that permits. The tokens are made and read by approval/; the gate carries
// these facts between it, policy and the audit.
import type { Effect, Plan } from "./command.ts";
import type { Principal } from "./principal.ts";

export const verdicts = ["approve", "deny"] as const;
export type Verdict = (typeof verdicts)[number];

/** What a request says, as the server signed it. Policy judges on it who may decide. */
export interface RequestFacts {
  /** Unique; names the request in the ledger and in the audit. */
  readonly id: string;
  /** Id of the principal that the plan would run for. */
  readonly requester: string;
  readonly tool: string;
  /** Of the whole plan. */
  readonly digest: string;
  readonly effects: readonly Effect[];
  readonly namespaces: readonly string[];
  /** One of them decides. */
  readonly roles: readonly string[];
  readonly expiresAtMs: number;
  /** False: a message cannot hold all of it, so whoever approves names the digest that they have looked at. */
  readonly fitsMessage: boolean;
}

/** Who asks for what: the plan as it was understood, observed and judged. */
export interface ApprovalAsked {
  readonly principal: Principal;
  readonly tool: string;
  readonly plan: Plan;
  readonly roles: readonly string[];
  readonly expiresS: number;
  /** What pre-flight found that would change, one line each. */
  readonly changes?: readonly string[];
}

/** What goes back to the caller, who hands it to a person. */
export interface ApprovalAnswer {
  /** Signed; `approval_decide` takes it. */
  readonly request: string;
  readonly summary: string;
  /** The same for Telegram's HTML. */
  readonly summaryHtml: string;
  readonly expiresAtMs: number;
  readonly approverRoles: readonly string[];
}

/** What a person says about a request. */
export interface VerdictSaid {
  readonly verdict: Verdict;
  /** Digest of the plan that was looked at; demanded where a message could not hold it. */
  readonly digest?: string;
}

/** What the caller of `approval_decide` sent: for the plan, and for the audit. */
export interface VerdictCall extends VerdictSaid {
  /** The signed request. Never recorded. */
  readonly request: string;
  readonly note?: string;
  /** Who pressed the button, as the caller claims. */
  readonly onBehalfOf?: string;
}

/** The verdict that holds, perhaps one that was given before. */
export interface VerdictHeld {
  readonly verdict: Verdict;
  readonly by: string;
  readonly decidedAtMs: number;
  /** False: it had been given before. */
  readonly first: boolean;
  readonly grant?: { readonly token: string; readonly expiresAtMs: number };
}

/** One plan, once, for one caller: what an approval permits. */
export interface Grant {
  /** Of the request that was approved. */
  readonly id: string;
  readonly requester: string;
  readonly tool: string;
  readonly digest: string;
  readonly approver: { readonly id: string; readonly roles: readonly string[] };
  readonly expiresAtMs: number;
}

/** What a caller wants to use a grant for. */
export type GrantUse = Pick<Grant, "requester" | "tool" | "digest">;

/** Why a request or a grant is worth nothing here; the rule of the answer is `approval/<problem>`. */
export const approvalProblems = [
  "forged",
  "altered",
  "early",
  "expired",
  "other-cluster",
  "other-process",
  "other-principal",
  "other-plan",
  "own-request",
  "unseen",
  "decided",
  "roles",
  "denied",
  "spent",
] as const;
export type ApprovalProblem = (typeof approvalProblems)[number];

export interface ApprovalRefusal {
  readonly ok: false;
  readonly problem: ApprovalProblem;
  readonly message: string;
  readonly try?: string;
}

export type ApprovalRead<Value> = { readonly ok: true; readonly value: Value } | ApprovalRefusal;

/** What becomes of approvals, for the metric: the life of a request, and every way in which a token is refused. */
export type ApprovalState = "requested" | "approved" | "declined" | "used" | ApprovalProblem;

/** The port through which the gate asks people. Never rejects for what a caller sent. */
export interface Approvals {
  /** What a caller must know of the requests: empty when any replica knows them. */
  readonly caveat: string;
  ask(asked: ApprovalAsked): Promise<ApprovalAnswer & { readonly id: string }>;
  /** What a request says, if it is one of this server's and still open. */
  read(request: string): Promise<ApprovalRead<RequestFacts>>;
  /** The first verdict on a request is final. @throws LedgerUnavailable */
  decide(facts: RequestFacts, by: Principal, said: VerdictSaid): Promise<ApprovalRead<VerdictHeld>>;
  /** Whether a grant permits this; spends nothing. */
  check(grant: string, use: GrantUse): Promise<ApprovalRead<Grant>>;
  /** The first call that spends a grant has it. @throws LedgerUnavailable */
  spend(grant: Grant, callId: string): Promise<ApprovalRead<Grant>>;
}

/** Entries that are written once, and seen by all who share the ledger. */
export interface ApprovalLedger {
  /** Writes the entry unless it is written already; answers what stands there. Atomic. @throws LedgerUnavailable */
  put(
    entry: string,
    value: Readonly<Record<string, string>>,
    keepUntilMs: number,
  ): Promise<{ readonly first: boolean; readonly value: Readonly<Record<string, string>> }>;
}

/** Leases of Kubernetes in the server's own namespace: the few direct calls that the ledger needs. */
export interface Leases {
  /** `exists`: somebody else was first. @throws Error when the API does not answer, or refuses */
  create(name: string, annotations: Readonly<Record<string, string>>): Promise<"created" | "exists">;
  read(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Of this server's kind; some of them when there are very many. */
  list(): Promise<readonly { readonly name: string; readonly annotations: Readonly<Record<string, string>> }[]>;
  remove(name: string): Promise<void>;
}
