// Flux's own words for its kinds, and which verbs know them (flux 2.9.5, cmd/flux). Data for operands/flux.ts.
import type { FluxVerb } from "../grammar/types.ts";

export interface FluxKind {
  /** The words that every verb takes and that are rendered: `kustomization`, `source git`. */
  readonly words: string;
  /** Further spellings that `get` takes, and those that the others take. */
  readonly getAliases: readonly string[];
  readonly aliases: readonly string[];
  readonly group: string;
  readonly resource: string;
  /** As `events --for` names it. */
  readonly kind: string;
  readonly verbs: readonly FluxVerb[];
}

type Row = readonly [words: string, getAliases: string, aliases: string, resource: string, kind: string, verbs: string];

const groups: Readonly<Record<string, readonly Row[]>> = {
  "kustomize.toolkit.fluxcd.io": [
    [
      "kustomization",
      "ks kustomizations",
      "ks",
      "kustomizations",
      "Kustomization",
      "get tree reconcile suspend resume",
    ],
  ],
  "helm.toolkit.fluxcd.io": [
    ["helmrelease", "hr helmreleases", "hr", "helmreleases", "HelmRelease", "get reconcile suspend resume"],
  ],
  "source.toolkit.fluxcd.io": [
    ["source git", "", "", "gitrepositories", "GitRepository", "get reconcile suspend resume"],
    ["source oci", "", "", "ocirepositories", "OCIRepository", "get reconcile suspend resume"],
    ["source bucket", "", "", "buckets", "Bucket", "get reconcile suspend resume"],
    ["source helm", "", "", "helmrepositories", "HelmRepository", "get reconcile suspend resume"],
    ["source chart", "", "", "helmcharts", "HelmChart", "get reconcile suspend resume"],
    ["source external", "", "", "externalartifacts", "ExternalArtifact", "get"],
  ],
  "image.toolkit.fluxcd.io": [
    ["image repository", "", "", "imagerepositories", "ImageRepository", "get reconcile suspend resume"],
    ["image policy", "", "", "imagepolicies", "ImagePolicy", "get reconcile suspend resume"],
    ["image update", "", "", "imageupdateautomations", "ImageUpdateAutomation", "get reconcile suspend resume"],
  ],
  "notification.toolkit.fluxcd.io": [
    ["receiver", "receivers", "", "receivers", "Receiver", "get reconcile suspend resume"],
    ["alert", "alerts", "", "alerts", "Alert", "get suspend resume"],
    ["alert-provider", "alert-providers", "", "providers", "Provider", "get suspend resume"],
  ],
};

const split = (text: string): readonly string[] => (text === "" ? [] : text.split(" "));
const isVerb = (text: string): text is FluxVerb => ["get", "tree", "reconcile", "suspend", "resume"].includes(text);

export const fluxKinds: readonly FluxKind[] = Object.entries(groups).flatMap(([group, rows]) =>
  rows.map(([words, getAliases, aliases, resource, kind, verbs]) => ({
    words,
    getAliases: split(getAliases),
    aliases: split(aliases),
    group,
    resource,
    kind,
    verbs: split(verbs).filter(isVerb),
  })),
);

/** Words that stand before a second one; `get` takes their plurals too. */
export const families: ReadonlyMap<string, string> = new Map([
  ["source", "source"],
  ["sources", "source"],
  ["image", "image"],
  ["images", "image"],
]);

/** Flags that only some kinds have. */
export const flagsOfKinds: Readonly<Record<string, readonly string[]>> = {
  "--show-source": ["kustomization", "helmrelease"],
  "--with-source": ["kustomization", "helmrelease", "source chart"],
};
