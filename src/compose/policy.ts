// The policy decision point and what the grammar needs to know of the site, from one configuration. Used by the server and by
// the commands that judge, so that all judge alike.
import type { Config } from "../config/config.ts";
import type { ParseSettings } from "../domain/command.ts";
import type { PolicyFaultKind } from "../domain/decision.ts";
import type { Clock } from "../domain/ports.ts";
import { StartError } from "../errors.ts";
import { loadBundle, openBundle, type PolicyBundle } from "../policy/bundle.ts";
import { createPolicy, type Policy, type PolicyOptions } from "../policy/pdp.ts";
import { parsePublicKeys, type PublicKey } from "../policy/public-keys.ts";
import { type SiteData, toParseSettings } from "../policy/site-data.ts";
import { mergeSiteData } from "../policy/site-layers.ts";
import { credentialKinds } from "../redaction/credential-kinds.ts";

export type PolicyConfig = Config["policy"];

export interface PolicySurroundings {
  readonly clock: Clock;
  /** Which cluster this is, as far as it is known; asked at every judgement. */
  readonly context?: PolicyOptions["context"];
  readonly onFault?: (kind: PolicyFaultKind) => void;
  readonly onDecided?: PolicyOptions["onDecided"];
}

/** One policy with the settings that belong to it: a call is read by these and judged by that, never by parts of two. */
export interface ComposedPolicy {
  readonly policy: Policy;
  readonly settings: ParseSettings;
}

const noCluster: PolicyOptions["context"] = () => ({ context: "", cluster_id: "" });

/**
 * For a configuration that asks for no signature.
 * @throws StartError `policy_missing` or `invalid_configuration`
 */
export function composePolicy(config: PolicyConfig, surroundings: PolicySurroundings): ComposedPolicy {
  if (config.publicKeys !== undefined) throw new Error("a bundle that must be signed is opened by openPolicy");
  const bundle = loadBundle(config.folder);
  return joinPolicy({ bundle, siteData: layersOver(bundle, config) }, config, surroundings);
}

/** The same, with the signature verified where the configuration asks for one. */
export async function openPolicy(config: PolicyConfig, surroundings: PolicySurroundings): Promise<ComposedPolicy> {
  const { bundle } = await openBundle(config.folder, publicKeysOf(config));
  return joinPolicy({ bundle, siteData: layersOver(bundle, config) }, config, surroundings);
}

/** A bundle and its merged site data, joined to what surrounds a judgement. */
export function joinPolicy(
  { bundle, siteData }: { readonly bundle: PolicyBundle; readonly siteData: SiteData },
  { endpoints = {} }: Pick<PolicyConfig, "endpoints">,
  { clock, context = noCluster, onFault = () => {}, onDecided }: PolicySurroundings,
): ComposedPolicy {
  const policy = createPolicy({ bundle, siteData, clock, onFault, onDecided, credentials: credentialKinds, context });
  return { policy, settings: { ...toParseSettings(siteData), endpoints } };
}

/** The site's layers over the bundle's own. @throws StartError `invalid_configuration` */
export const layersOver = (
  bundle: PolicyBundle,
  { environmentLayer, dataFile, dataName }: Pick<PolicyConfig, "environmentLayer" | "dataFile" | "dataName">,
): SiteData =>
  mergeSiteData({
    bundle: bundle.data.site,
    environment: environmentLayer,
    ...(dataFile === undefined ? {} : { file: dataFile }),
    ...(dataName === undefined ? {} : { fileName: dataName }),
  });

/** @throws StartError `invalid_configuration` */
export function publicKeysOf({ publicKeys }: Pick<PolicyConfig, "publicKeys">): readonly PublicKey[] {
  if (publicKeys === undefined) return [];
  try {
    return parsePublicKeys(publicKeys);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError("invalid_configuration", `AISRE_POLICY_PUBLIC_KEY: ${why}`, { cause: error });
  }
}
