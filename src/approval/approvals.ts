// Asks people, keeps their verdicts, and says what a grant permits: the gate's port. Made by compose. What is known of a request
// travels in signed tokens; the ledger holds only what must happen once: the verdict, and the spending of its grant.
import type {
  ApprovalLedger,
  ApprovalProblem,
  ApprovalRead,
  ApprovalRefusal,
  Approvals,
  Grant,
  RequestFacts,
} from "../domain/approval.ts";
import type { Clock, Ids } from "../domain/ports.ts";
import { pack } from "./full-text.ts";
import { grantOf, keepUntilMs, readVerdict, type VerdictRecord, writeVerdict } from "./grants.ts";
import type { ApprovalKey } from "./key.ts";
import { reachOf } from "./reach.ts";
import { summarise } from "./summary.ts";
import { grantTokens, type RequestClaims, requestTokens } from "./tokens.ts";

export interface ApprovalsOptions {
  readonly key: ApprovalKey;
  readonly ledger: ApprovalLedger;
  /** Id of this process, when only it remembers what was decided. */
  readonly process?: string;
  readonly clock: Pick<Clock, "now">;
  readonly ids: Ids;
  /** Which cluster this is; waits a little for an id that is not known yet. */
  readonly cluster: () => Promise<{ readonly id: string; readonly context: string }>;
  /** The roles that a principal has now; none when it is not known any more. */
  readonly rolesOf: (principal: string) => readonly string[];
}

const refuse = (problem: ApprovalProblem, message: string, hint?: string): ApprovalRefusal => ({
  ok: false,
  problem,
  message,
  ...(hint === undefined ? {} : { try: hint }),
});

const ofThisProcess =
  "Only this process knows of it: it ends with a restart, and no other replica can decide or use it (AISRE_APPROVAL_LEDGER=memory).";

export function createApprovals(options: ApprovalsOptions): Approvals {
  const { key, ledger, process, clock, ids, cluster, rolesOf } = options;
  const requests = requestTokens(key);
  const grants = grantTokens(key);
  const bound = process === undefined ? {} : { proc: process };

  /** What request and grant have in common: made for this cluster, and known where it is shown. */
  const placed = async ({ aud, proc }: Pick<RequestClaims, "aud" | "proc">): Promise<ApprovalRefusal | undefined> => {
    if (aud !== audienceOf(await cluster())) return refuse("other-cluster", "It was made for another cluster.");
    if (proc === process) return undefined;
    return refuse("other-process", "It was made by another process, or before a restart.", "ask for a new approval");
  };

  return {
    caveat: process === undefined ? "" : ofThisProcess,

    ask: async (asked) => {
      const place = await cluster();
      const iat = Math.floor(clock.now() / 1000);
      const exp = iat + asked.expiresS;
      const { text, message, messageHtml, fits } = summarise(asked, { ...place, expiresAtMs: exp * 1000 });
      const id = ids.callId();
      const request = await requests.sign({
        aud: audienceOf(place),
        sub: asked.principal.id,
        jti: id,
        iat,
        exp,
        tool: asked.tool,
        plan: asked.plan.digest,
        ...bound,
        ...reachOf(asked.plan),
        roles: [...asked.roles],
        fits,
        ...pack(text),
      });
      const expiresAtMs = exp * 1000;
      return { id, request, summary: message, summaryHtml: messageHtml, expiresAtMs, approverRoles: asked.roles };
    },

    read: async (request) => {
      const opened = await requests.open(request, clock.now());
      if (!opened.ok) return opened;
      return (await placed(opened.value)) ?? { ok: true, value: toFacts(opened.value) };
    },

    decide: async (facts, by, { verdict, digest }) => {
      // Policy says so too; whatever it says, nobody approves for himself.
      if (by.id === facts.requester) return refuse("own-request", "Nobody decides on what he asked for himself.");
      if (verdict === "approve" && (digest === undefined ? !facts.fitsMessage : digest !== facts.digest)) {
        return refuse(
          "unseen",
          digest === undefined
            ? "A message cannot hold this plan, so it cannot be approved from one."
            : "The digest is not that of this request's plan.",
          "look at it with `ai-sre approve show`, then `ai-sre approve approve`",
        );
      }
      const said: VerdictRecord = { verdict, by: by.id, roles: by.roles, atS: Math.floor(clock.now() / 1000) };
      const { first, value } = await ledger.put(`${facts.id}-verdict`, writeVerdict(said), keepUntilMs(facts, said));
      const held = readVerdict(value);
      const given = { verdict: held.verdict, by: held.by, decidedAtMs: held.atS * 1000, first };
      if (held.verdict !== verdict) {
        const at = new Date(given.decidedAtMs).toISOString();
        return refuse("decided", `${held.by} said ${held.verdict} at ${at}; the first verdict on a request is final.`);
      }
      if (verdict === "deny") return { ok: true, value: given };
      const claims = grantOf(facts, held);
      const token = await grants.sign({ ...claims, aud: audienceOf(await cluster()), ...bound });
      return { ok: true, value: { ...given, grant: { token, expiresAtMs: claims.exp * 1000 } } };
    },

    check: async (token, use) => {
      const opened = await grants.open(token, clock.now());
      if (!opened.ok) return opened;
      const { sub, jti, tool, plan, by, roles, exp } = opened.value;
      const misplaced = await placed(opened.value);
      if (misplaced !== undefined) return misplaced;
      if (sub !== use.requester) return refuse("other-principal", "This grant was given to another principal.");
      if (tool !== use.tool || plan !== use.digest) {
        return refuse(
          "other-plan",
          "What was approved is not what this call comes to now: other arguments, or the state that it rests on has changed.",
          "send exactly what was approved, or ask for a new approval",
        );
      }
      const approver = { id: by, roles: roles.filter((role) => rolesOf(by).includes(role)) };
      return { ok: true, value: { id: jti, requester: sub, tool, digest: plan, approver, expiresAtMs: exp * 1000 } };
    },

    spend: async (grant, callId): Promise<ApprovalRead<Grant>> => {
      const { first, value } = await ledger.put(`${grant.id}-spent`, { call: callId }, grant.expiresAtMs);
      const spentBy = value["call"] ?? "an unknown call";
      // Found under our own id: it was written, and the answer to that got lost.
      if (first || spentBy === callId) return { ok: true, value: grant };
      return refuse(
        "spent",
        `This grant was spent by call ${spentBy}.`,
        "look at what that call did before you ask again",
      );
    },
  };
}

const audienceOf = ({ id, context }: { readonly id: string; readonly context: string }): string =>
  `${id === "" ? "unknown" : id}/${context}`;

const toFacts = ({ jti, sub, tool, plan, effects, ns, roles, exp, fits }: RequestClaims): RequestFacts => ({
  id: jti,
  requester: sub,
  tool,
  digest: plan,
  effects,
  namespaces: ns,
  roles,
  expiresAtMs: exp * 1000,
  fitsMessage: fits,
});
