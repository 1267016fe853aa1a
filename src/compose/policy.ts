// The policy decision point and what the grammar needs to know of the site, from one configuration. Used by the server and by
// `ai-sre policy check`, so that both judge alike.
import type { Config } from "../config/config.ts";
import type { ParseSettings } from "../domain/command.ts";
import type { PolicyFaultKind } from "../domain/decision.ts";
import type { Clock } from "../domain/ports.ts";
import { loadBundle } from "../policy/bundle.ts";
import { createPolicy, type Policy, type PolicyOptions } from "../policy/pdp.ts";
import { toParseSettings } from "../policy/site-data.ts";
import { mergeSiteData } from "../policy/site-layers.ts";
import { credentialKinds } from "../redaction/credential-kinds.ts";

export interface PolicySurroundings {
  readonly clock: Clock;
  /** Which cluster this is, as far as it is known; asked at every judgement. */
  readonly context?: PolicyOptions["context"];
  readonly onFault?: (kind: PolicyFaultKind) => void;
}

export interface ComposedPolicy {
  readonly policy: Policy;
  readonly settings: ParseSettings;
}

const noCluster: PolicyOptions["context"] = () => ({ context: "", cluster_id: "" });

/** @throws StartError `policy_missing` or `invalid_configuration` */
export function composePolicy(
  { folder, dataFile, environmentLayer, endpoints = {} }: Config["policy"],
  { clock, context = noCluster, onFault = () => {} }: PolicySurroundings,
): ComposedPolicy {
  const bundle = loadBundle(folder);
  const siteData = mergeSiteData({
    bundle: bundle.data.site,
    environment: environmentLayer,
    ...(dataFile === undefined ? {} : { file: dataFile }),
  });
  const policy = createPolicy({ bundle, siteData, clock, onFault, credentials: credentialKinds, context });
  return { policy, settings: { ...toParseSettings(siteData), endpoints } };
}
