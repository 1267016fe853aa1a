// The policy in force. When its bundle or the site's data changes, the new one is tried out aside (policy-trial.ts) and put in
// place in one assignment; a bad one leaves the old in place, says so, and is tried again when it changes. Made by compose.ts.
import { readFile } from "node:fs/promises";
import type { AuditLog } from "../domain/ports.ts";
import { StartError } from "../errors.ts";
import { shippedPolicy } from "../config/load.ts";
import { whyOutOfOrder } from "../policy/bundle-order.ts";
import { type ComposedPolicy, joinPolicy, openPolicy, type PolicyConfig, type PolicySurroundings } from "./policy.ts";
import { tryPolicy } from "./policy-trial.ts";
import { watchFiles, type WatchTimes } from "./watch-files.ts";

export type ReloadResult = "replaced" | "refused" | "unchanged";

/** What became of one look at the files. */
export interface Reload {
  readonly result: ReloadResult;
  /** Of the policy in force now. */
  readonly revision: string;
  readonly keyId?: string;
  /** The revision that was in force before. */
  readonly from: string;
  /** Why it was refused. */
  readonly why?: string;
}

export interface LivePolicyOptions {
  readonly config: PolicyConfig;
  readonly surroundings: PolicySurroundings;
  readonly first: FirstPolicy;
  readonly audit: Pick<AuditLog, "append">;
  /** Hears of each look, after the policy is in place. */
  readonly onReload: (reload: Reload) => void;
  readonly times?: Partial<WatchTimes> & { readonly trialMs?: number };
}

export interface LivePolicy {
  /** Of one instant: whoever needs it twice holds on to it. */
  readonly current: ComposedPolicy;
  /** Why what lies on the disk is not in force; absent when it is. */
  readonly refusal: string | undefined;
  /** Looks at the files now. */
  reload(): void;
  close(): Promise<void>;
}

/** The policy that a server begins with. */
export interface FirstPolicy extends ComposedPolicy {
  /** Its bundle's content, when all of it was proved. */
  readonly provedSha256?: string;
}

/**
 * Opens the policy of a start. One that the operator brings is tried out like one that comes later: a server that starts anew
 * must not take what a running one refuses. The one that comes with AI SRE was proved when it was built.
 * @throws StartError `policy_missing` or `invalid_configuration`
 */
export async function openFirstPolicy(config: PolicyConfig, surroundings: PolicySurroundings): Promise<FirstPolicy> {
  if (config.folder === shippedPolicy) return inOrder(config, await openPolicy(config, surroundings));
  const { dataPath: _read, ...request } = config;
  const tried = await tryPolicy(request);
  if (!tried.ok) throw new StartError(tried.code ?? "policy_missing", tried.why);
  const { contentSha256 } = tried.bundle;
  const proved = contentSha256 === undefined ? {} : { provedSha256: contentSha256 };
  return { ...inOrder(config, joinPolicy(tried, config, surroundings)), ...proved };
}

function inOrder({ folder, revision: named }: PolicyConfig, composed: ComposedPolicy): ComposedPolicy {
  const why = whyOutOfOrder({ candidate: composed.policy.bundle.release, named });
  if (why !== undefined) throw new StartError("policy_missing", `${folder}: ${why}`);
  return composed;
}

export function keepPolicy({ config, surroundings, first, audit, onReload, times }: LivePolicyOptions): LivePolicy {
  let current: ComposedPolicy = first;
  let { provedSha256 } = first;
  let refusal: string | undefined;
  let isAsked = false;
  let running: Promise<void> | undefined;
  const closed = new AbortController();

  const settle = (reload: Omit<Reload, "revision" | "keyId" | "from">, from = current.policy.revision): void => {
    refusal = reload.why;
    const { revision, keyId } = current.policy;
    onReload({ ...reload, from, revision, ...(keyId === undefined ? {} : { keyId }) });
  };

  const look = async (): Promise<void> => {
    const { policy } = current;
    const tried = await tryOut(config, provedSha256, { signal: closed.signal, ...times });
    if (closed.signal.aborted) return;
    const why = tried.ok ? whyOutOfOrder(orderOf(config, current, tried.bundle)) : tried.why;
    if (!tried.ok || why !== undefined) {
      const details = { what: "policy", result: "refused", why: why ?? "" };
      // The log counts its own failures, and the old policy stays in any case.
      await audit.append({ kind: "reload", ...namesOf(policy), details }).catch(() => {});
      return settle({ result: "refused", why: why ?? "" });
    }
    const next = joinPolicy(tried, config, surroundings);
    if (next.policy.revision === policy.revision && next.policy.keyId === policy.keyId) {
      return settle({ result: "unchanged" });
    }
    const release = next.policy.bundle.release;
    const details = {
      what: "policy",
      result: "replaced",
      from: policy.revision,
      mode: next.policy.siteData.mode,
      ...(release === undefined ? {} : { bundle_revision: release.revision }),
    };
    await audit.append({ kind: "reload", ...namesOf(next.policy), details });
    current = next;
    provedSha256 = tried.bundle.contentSha256;
    settle({ result: "replaced" }, policy.revision);
  };

  /** One look at a time; what changes meanwhile is looked at afterwards. */
  const work = async (): Promise<void> => {
    while (isAsked && !closed.signal.aborted) {
      isAsked = false;
      await look().catch((error: unknown) =>
        settle({ result: "refused", why: error instanceof Error ? error.message : String(error) }),
      );
    }
  };
  const reload = (): void => {
    isAsked = true;
    running ??= work().finally(() => (running = undefined));
  };
  const files = [config.folder, ...(config.dataPath === undefined ? [] : [config.dataPath])];
  const watching = watchFiles(files, reload, times);

  return {
    get current() {
      return current;
    },
    get refusal() {
      return refusal;
    },
    reload: () => watching.tell(),
    close: async () => {
      watching.close();
      closed.abort();
      await running;
    },
  };
}

async function tryOut(
  { dataPath, ...config }: PolicyConfig,
  provedSha256: string | undefined,
  { signal, trialMs }: { readonly signal: AbortSignal; readonly trialMs?: number },
) {
  const { folder, environmentLayer, publicKeys } = config;
  let dataFile = config.dataFile;
  try {
    if (dataPath !== undefined) dataFile = await readFile(dataPath, "utf8");
  } catch {
    return { ok: false, why: `AISRE_POLICY_DATA: cannot read ${dataPath}` } as const;
  }
  const request = {
    folder,
    environmentLayer,
    ...(dataFile === undefined ? {} : { dataFile }),
    ...(publicKeys === undefined ? {} : { publicKeys }),
    ...(provedSha256 === undefined ? {} : { provedSha256 }),
  };
  return tryPolicy(request, { signal, ...(trialMs === undefined ? {} : { deadlineMs: trialMs }) });
}

const orderOf = ({ revision: named }: PolicyConfig, { policy }: ComposedPolicy, bundle: typeof policy.bundle) => ({
  candidate: bundle.release,
  running: policy.bundle.release,
  named,
  isSame: bundle.contentSha256 === policy.bundle.contentSha256,
});

const namesOf = ({ revision, keyId }: ComposedPolicy["policy"]) => ({
  policyRevision: revision,
  ...(keyId === undefined ? {} : { policyKeyId: keyId }),
});
