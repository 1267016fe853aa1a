// The one closed table of everything that can go wrong, or right: code, meaning, wire form, whether to try again.
// docs/errors.md is held to it by a test, both ways. Imports nothing.

/** How a call ended, in the words of the result's `outcome` field (docs/result.md). */
export type OutcomeKind =
  | "succeeded"
  | "failed"
  | "denied"
  | "approval_required"
  | "invalid"
  | "timed_out"
  | "cancelled"
  | "busy"
  | "unavailable";

interface OutcomeRow {
  readonly outcome: OutcomeKind;
  readonly retryable: boolean;
  readonly meaning: string;
}

/** Codes that end a tool call: they travel inside a CallToolResult, never as a protocol error. */
export const outcomeCodes = {
  ok: { outcome: "succeeded", retryable: false, meaning: "Everything ran and every exit code was an answer." },
  exited: {
    outcome: "failed",
    retryable: false,
    meaning: "A process ended with a code that is no answer, or by a signal.",
  },
  timed_out: {
    outcome: "timed_out",
    retryable: true,
    meaning: "It ran into its time limit, policy's or the call's own, and was ended with all it had started.",
  },
  cancelled: {
    outcome: "cancelled",
    retryable: true,
    meaning: "The caller cancelled or went away, or the server is shutting down.",
  },
  not_understood: {
    outcome: "denied",
    retryable: false,
    meaning: "The command line is outside what the grammar understands.",
  },
  denied: { outcome: "denied", retryable: false, meaning: "Policy denies it; the reasons name the rules." },
  policy_unavailable: { outcome: "denied", retryable: true, meaning: "Policy could not answer, so nothing ran." },
  approval_required: {
    outcome: "approval_required",
    retryable: false,
    meaning: "Policy allows it only when a person has approved.",
  },
  grant_invalid: {
    outcome: "denied",
    retryable: false,
    meaning: "The approval or the request for one does not hold here; the rule says why.",
  },
  approval_unavailable: {
    outcome: "unavailable",
    retryable: true,
    meaning: "The ledger of approvals did not answer, so nothing was decided and nothing ran.",
  },
  unknown_tool: { outcome: "invalid", retryable: false, meaning: "There is no tool of that name for this principal." },
  invalid_arguments: {
    outcome: "invalid",
    retryable: false,
    meaning: "The arguments do not fit the tool's schema; the message names the field.",
  },
  busy: { outcome: "busy", retryable: true, meaning: "All slots and all places in the queue are taken." },
  rate_limited: {
    outcome: "busy",
    retryable: true,
    meaning: "The principal, or the namespace, has used up what the site allows in this time; nothing ran.",
  },
  state_changed: {
    outcome: "failed",
    retryable: true,
    meaning: "What the judgement rested on changed before the start, so nothing ran.",
  },
  preflight_failed: {
    outcome: "failed",
    retryable: false,
    meaning: "A look ahead shows that it would fail, so nothing ran; the reasons say why.",
  },
  commit_not_here: {
    outcome: "failed",
    retryable: false,
    meaning: "This replica does not have that commit: commit and push in one call, or commit again.",
  },
  repository_refused: {
    outcome: "denied",
    retryable: false,
    meaning: "The repository or its clone holds what could make git run or reach something else; the message names it.",
  },
  audit_unavailable: {
    outcome: "unavailable",
    retryable: true,
    meaning: "The audit record could not be made durable, so nothing ran.",
  },
  binary_unavailable: {
    outcome: "unavailable",
    retryable: false,
    meaning: "The binary is not installed, or is not the one the grammar knows.",
  },
  cluster_unreachable: { outcome: "unavailable", retryable: true, meaning: "The Kubernetes API did not answer." },
} as const satisfies Record<string, OutcomeRow>;

export type OutcomeCode = keyof typeof outcomeCodes;

interface HttpRow {
  readonly status: number;
  /** JSON-RPC error number of the body, null where the body is no JSON-RPC. */
  readonly rpc: number | null;
  readonly message: string;
}

/** What the transports answer before there is a tool call. */
export const httpErrors = {
  parse_error: { status: 400, rpc: -32700, message: "The body is not JSON." },
  batch_refused: { status: 400, rpc: -32600, message: "JSON-RPC arrays are not accepted: send one request at a time." },
  invalid_request: { status: 400, rpc: -32600, message: "This is not a JSON-RPC 2.0 message." },
  subprotocol_missing: { status: 400, rpc: null, message: "Offer the WebSocket subprotocol 'mcp'." },
  unauthorized: { status: 401, rpc: -32001, message: "Send a valid key as 'Authorization: Bearer …'." },
  host_refused: { status: 403, rpc: -32000, message: "This Host is not in AISRE_ALLOWED_HOSTS." },
  origin_refused: { status: 403, rpc: -32000, message: "This Origin is not in AISRE_ALLOWED_ORIGINS." },
  not_found: { status: 404, rpc: null, message: "There is nothing at this path." },
  session_not_found: {
    status: 404,
    rpc: -32001,
    message: "This Mcp-Session-Id was not issued by this server: initialize again.",
  },
  method_not_allowed: { status: 405, rpc: -32000, message: "Only POST is served here." },
  not_acceptable: { status: 406, rpc: -32000, message: "Accept both application/json and text/event-stream." },
  body_too_large: { status: 413, rpc: -32600, message: "The body is larger than the limit." },
  unsupported_media_type: { status: 415, rpc: -32000, message: "Send application/json." },
  upgrade_required: { status: 426, rpc: null, message: "This path speaks WebSocket: upgrade, or use /mcp/http." },
  internal_error: { status: 500, rpc: -32603, message: "A fault of the server's own; its log says which." },
  connection_limit: { status: 503, rpc: null, message: "Too many WebSocket connections are open." },
  draining: { status: 503, rpc: -32000, message: "The server is shutting down." },
} as const satisfies Record<string, HttpRow>;

export type HttpErrorCode = keyof typeof httpErrors;

/** Codes that stop the program at start, with exit code 2. */
export const startErrors = {
  invalid_configuration: "The configuration is not valid; every problem is listed.",
  insecure_bind: "A bind that other machines can reach needs credentials.",
  policy_missing:
    "The policy bundle cannot be used: a file is not as it was listed or signed, or it does not judge as it must.",
  sandbox_unavailable: "Commands must run in the OS sandbox, and it cannot be had here.",
  audit_unwritable: "The audit file cannot be written.",
  port_in_use: "The port is taken.",
} as const;

export type StartErrorCode = keyof typeof startErrors;

/** Thrown at start only: a message for the person at the terminal, no stack. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: StartErrorCode;
  constructor(code: StartErrorCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

/** Thrown by audit/ when a record cannot be made durable; the gate turns it into `audit_unavailable`. */
export class AuditUnavailable extends Error {
  override readonly name = "AuditUnavailable";
}

/** Thrown by approval/ when its ledger does not answer or is full; the gate turns it into `approval_unavailable`. */
export class LedgerUnavailable extends Error {
  override readonly name = "LedgerUnavailable";
}
