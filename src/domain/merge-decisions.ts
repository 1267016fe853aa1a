// One decision over a whole plan out of one per stage (design section 5). Pure; the gate and `policy check` call it.
import { lowestOf } from "./bounds.ts";
import type { Decision, Denial, Obligations, PlanDecision, Reason } from "./decision.ts";
import { holdsAsMuch, type SandboxProfile } from "./sandbox.ts";

/** What policy said of one stage, with the rendered argv it was asked about ([] for a server action and for files). */
export interface StageDecision {
  readonly stage: number;
  readonly argv: readonly string[];
  /** The walls that the stage's grammar asks for; absent where no process starts. */
  readonly sandbox?: SandboxProfile;
  readonly decision: Decision;
}

const holds = (given: Obligations | undefined, own: SandboxProfile): boolean =>
  given !== undefined && holdsAsMuch(given.sandbox, own);

type Approval = NonNullable<Obligations["approval"]>;

/**
 * Any denial denies, with the reasons of all stages; otherwise every bound is the lowest, redaction the union, and an
 * approver holds a role out of every set; an answer out of the cache must suit every part; the sandbox stays per stage.
 * Obligations that cannot hold together, and an empty plan, deny.
 */
export function mergeDecisions(parts: readonly StageDecision[]): PlanDecision {
  const reasons = parts.flatMap(({ decision, ...place }) =>
    decision.effect === "deny" ? decision.reasons.map((reason) => placed(reason, place)) : [],
  );
  const isDenied = parts.some(({ decision }) => decision.effect === "deny");
  if (isDenied) return { effect: "deny", reasons: sortedReasons(reasons) };
  const allowed = parts.flatMap(({ decision }) => (decision.effect === "allow" ? [decision] : []));
  const [first] = allowed;
  if (first === undefined) return denied("server/policy-unavailable", "policy was not asked about anything");

  const all = allowed.map(({ obligations }) => obligations);
  const weak = parts.find(({ sandbox }, index) => sandbox !== undefined && !holds(all[index], sandbox));
  if (weak !== undefined) {
    return denied("server/denied", `policy names a sandbox for ${weak.argv[0]} that is weaker than its own`);
  }
  const approval = mergeApprovals(all.flatMap((one) => (one.approval === undefined ? [] : [one.approval])));
  if (approval !== undefined && approval.roles.length === 0) {
    return denied("server/denied", "no one role may approve every part; send the parts one by one");
  }
  return {
    effect: "allow",
    rules: sortedUnion(allowed.map(({ rules }) => rules)),
    obligations: {
      timeoutMs: first.obligations.timeoutMs,
      maxOutputBytes: first.obligations.maxOutputBytes,
      ...lowestOf(all),
      ...(approval === undefined ? {} : { approval }),
      redact: sortedUnion(all.map(({ redact }) => redact)),
      ...cacheOf(all),
      ...(all.some(({ preflight }) => preflight === true) ? { preflight: true as const } : {}),
    },
    sandboxes: all.map(({ sandbox }) => sandbox),
  };
}

/** One part that may not come from the cache keeps all of it out. */
function cacheOf(all: readonly Obligations[]): Pick<Obligations, "cacheTtlMs"> {
  const ages = all.flatMap(({ cacheTtlMs }) => cacheTtlMs ?? []);
  return ages.length === all.length ? { cacheTtlMs: Math.min(...ages) } : {};
}

function mergeApprovals(approvals: readonly Approval[]): Approval | undefined {
  const [first, ...others] = approvals;
  if (first === undefined) return undefined;
  const roles = first.roles.filter((role) => others.every((other) => other.roles.includes(role)));
  return { roles: sortedUnion([roles]), expiresS: Math.min(...approvals.map(({ expiresS }) => expiresS)) };
}

/** Points at the token in the rendered argv; at the stage's binary when the reason names no token of it. */
function placed(reason: Reason, { stage, argv }: Pick<StageDecision, "stage" | "argv">): Reason {
  if (reason.position !== undefined || argv.length === 0) return reason;
  return { ...reason, position: { stage, index: reason.token === undefined ? 0 : indexOf(reason.token, argv) } };
}

/**
 * The token itself, else a flag or operand that holds it as a part (`--output=…`, `pods,secrets`, `secrets/x`), else the last
 * word that holds it anywhere: programs and references stand at the end. Else 0.
 */
function indexOf(token: string, argv: readonly string[]): number {
  const exact = argv.indexOf(token);
  if (exact >= 0) return exact;
  const holding = argv.findIndex((word) => word.split(/[=,/]/).includes(token));
  return Math.max(holding < 0 ? argv.findLastIndex((word) => word.includes(token)) : holding, 0);
}

function denied(rule: string, message: string): Denial {
  return { effect: "deny", reasons: [{ rule, message }] };
}

/** By place, then by words; exact repetitions fall out. Equal plans give equal bytes. */
function sortedReasons(reasons: readonly Reason[]): readonly Reason[] {
  const keyed = reasons.map((reason) => [sortKey(reason), reason] as const);
  return [...new Map(keyed).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reason]) => reason);
}

function sortKey({ rule, message, token = "", position, try: hint = "" }: Reason): string {
  const place = [position?.stage ?? 0, position?.index ?? 0].map((number) => String(number).padStart(6, "0"));
  return [place[0], rule, place[1], token, message, hint].join("\u0000");
}

function sortedUnion(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}
