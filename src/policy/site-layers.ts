// Lays site data over each other: bundle < environment < file. Maps merge, lists and scalars replace. Called at start, by
// `policy check` and at reload; reads no file itself. Every problem of every layer is reported at once.
import { parseDocument } from "yaml";
import { StartError } from "../errors.ts";
import { siteDataSchema, siteLayerSchema, type SiteData, type SiteLayer } from "./site-data.ts";
import { describeProblems } from "./site-problems.ts";

export interface SiteLayers {
  /** `data.site` of the bundle. */
  readonly bundle: unknown;
  /** What single environment variables stand for, e.g. `{ flux_namespace }`. */
  readonly environment?: Readonly<Record<string, unknown>>;
  /** YAML text of the operator's file. */
  readonly file?: string;
  /** What messages call it; AISRE_POLICY_DATA unless the file came by an option. */
  readonly fileName?: string;
}

const maxFileBytes = 256 * 1024;
/** A few anchors are handy; more is a bomb. */
const maxAliasCount = 16;

/** Merges and checks all layers. Throws StartError `invalid_configuration` that lists each problem with layer and path. */
export function mergeSiteData({
  bundle,
  environment = {},
  file,
  fileName = "AISRE_POLICY_DATA",
}: SiteLayers): SiteData {
  const problems: string[] = [];
  const read = (name: string, value: unknown): SiteLayer => {
    const parsed = siteLayerSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    problems.push(...describeProblems(parsed.error, siteLayerSchema).map((problem) => `${name}: ${problem}`));
    return {};
  };
  const base = read("the bundle's site data", bundle);
  const fromEnvironment = read("environment", environment);
  const fromFile = file === undefined ? {} : read(fileName, parseYaml(file, fileName, problems));
  if (problems.length > 0) throw new StartError("invalid_configuration", problems.join("\n"));

  const merged = siteDataSchema.safeParse(
    [fromEnvironment, fromFile].reduce((under, over) => merge(under, withProtectedFlux(over, under)), base),
  );
  if (merged.success) return merged.data;
  const missing = describeProblems(merged.error, siteDataSchema).map((problem) => `site data: ${problem}`);
  throw new StartError("invalid_configuration", missing.join("\n"));
}

/** A layer that names another Flux namespace protects it as well, without listing the others again. */
function withProtectedFlux(layer: SiteLayer, under: SiteLayer): SiteLayer {
  const { flux_namespace } = layer;
  if (flux_namespace === undefined || layer.protected_namespaces !== undefined) return layer;
  const listed = under.protected_namespaces ?? [];
  return { ...layer, protected_namespaces: [...new Set([...listed, flux_namespace])] };
}

function merge(under: SiteLayer, over: SiteLayer): SiteLayer {
  return {
    ...under,
    ...over,
    rate_limit: { ...under.rate_limit, ...over.rate_limit },
    change_budget: { ...under.change_budget, ...over.change_budget },
    limits: { ...under.limits, ...over.limits },
  };
}

/** An empty file is an empty layer. Duplicate keys, unknown tags, several documents and too many aliases are problems. */
function parseYaml(text: string, name: string, problems: string[]): unknown {
  if (Buffer.byteLength(text) > maxFileBytes) {
    problems.push(`${name}: larger than ${maxFileBytes} bytes`);
    return {};
  }
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: true });
  const faults = [...document.errors, ...document.warnings].map(({ message }) => message.split("\n")[0]);
  if (faults.length > 0) {
    problems.push(...faults.map((fault) => `${name}: ${fault}`));
    return {};
  }
  try {
    return document.toJS({ maxAliasCount }) ?? {};
  } catch (error) {
    problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}
