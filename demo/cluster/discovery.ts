// What the simulated API offers: its groups and resources, and the discovery documents that kubectl asks for.

export interface Resource {
  readonly group: string;
  readonly version: string;
  /** Plural; no two groups here share one. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly verbs: readonly string[];
  /** `all` for what `kubectl get all` lists. */
  readonly categories: readonly string[];
}

const read = ["get", "list", "watch"];
type Row = readonly [name: string, kind: string, shortNames?: string, more?: Partial<Resource>];
const clusterWide = { namespaced: false };
const inAll = { categories: ["all"] };
const flux = { verbs: [...read, "patch"] };
const createOnly = { namespaced: false, verbs: ["create"] };

const groups: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    ["pods", "Pod", "po", { verbs: [...read, "delete"], ...inAll }],
    ["services", "Service", "svc", inAll],
    ["configmaps", "ConfigMap", "cm", { verbs: [...read, "patch"] }],
    ["secrets", "Secret", "", { verbs: [...read, "create", "update"] }],
    ["events", "Event", "ev"],
    ["namespaces", "Namespace", "ns", clusterWide],
    ["nodes", "Node", "no", clusterWide],
    ["serviceaccounts", "ServiceAccount", "sa"],
    ["persistentvolumeclaims", "PersistentVolumeClaim", "pvc"],
    ["replicationcontrollers", "ReplicationController", "rc", inAll],
  ],
  "apps/v1": [
    ["deployments", "Deployment", "deploy", { verbs: [...read, "patch"], ...inAll }],
    ["replicasets", "ReplicaSet", "rs", inAll],
    ["statefulsets", "StatefulSet", "sts", inAll],
    ["daemonsets", "DaemonSet", "ds", inAll],
  ],
  "autoscaling/v2": [["horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa", inAll]],
  "batch/v1": [
    ["jobs", "Job", "", inAll],
    ["cronjobs", "CronJob", "cj", inAll],
  ],
  "coordination.k8s.io/v1": [["leases", "Lease", "", { verbs: [...read, "create", "delete"] }]],
  "kustomize.toolkit.fluxcd.io/v1": [["kustomizations", "Kustomization", "ks", flux]],
  "helm.toolkit.fluxcd.io/v2": [["helmreleases", "HelmRelease", "hr", flux]],
  "source.toolkit.fluxcd.io/v1": [
    ["gitrepositories", "GitRepository", "gitrepo", flux],
    ["helmrepositories", "HelmRepository", "helmrepo", flux],
    ["ocirepositories", "OCIRepository", "ocirepo", flux],
    ["helmcharts", "HelmChart", "hc", flux],
    ["buckets", "Bucket", "", flux],
  ],
  "image.toolkit.fluxcd.io/v1": [
    ["imagerepositories", "ImageRepository", "imgrepo", flux],
    ["imagepolicies", "ImagePolicy", "imgpol", flux],
    ["imageupdateautomations", "ImageUpdateAutomation", "iua", flux],
  ],
  "authentication.k8s.io/v1": [["selfsubjectreviews", "SelfSubjectReview", "", createOnly]],
  "authorization.k8s.io/v1": [
    ["selfsubjectaccessreviews", "SelfSubjectAccessReview", "", createOnly],
    ["selfsubjectrulesreviews", "SelfSubjectRulesReview", "", createOnly],
  ],
};

export const resources: readonly Resource[] = Object.entries(groups).flatMap(([groupVersion, rows]) => {
  const [version = "", group = ""] = groupVersion.split("/").reverse();
  return rows.map(([name, kind, shortNames = "", more]) => ({
    group,
    version,
    name,
    kind,
    namespaced: true,
    shortNames: shortNames === "" ? [] : [shortNames],
    verbs: read,
    categories: [],
    ...more,
  }));
});

export const groupVersionOf = ({ group, version }: Resource): string =>
  group === "" ? version : `${group}/${version}`;

/** The document at a discovery path, aggregated when `accept` asks for it; undefined for every other path. */
export function discoveryDocument(
  path: string,
  accept: string,
): { readonly body: object; readonly type?: string } | undefined {
  const aggregated = /g=apidiscovery\.k8s\.io;v=(v2beta1|v2)\b/.exec(accept)?.[1];
  const isRoot = path === "/api" || path === "/apis";
  if (isRoot && aggregated !== undefined) {
    const items = groupNames.filter((group) => (group === "") === (path === "/api")).map(aggregate);
    return {
      body: { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${aggregated}`, metadata: {}, items },
      type: `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`,
    };
  }
  const body = documents.get(path);
  return body === undefined ? undefined : { body };
}

const groupNames = [...new Set(resources.map(({ group }) => group))];
const inGroup = (group: string): readonly Resource[] => resources.filter((resource) => resource.group === group);

interface Subresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

const subresources: Readonly<Record<string, Subresource>> = {
  pods: { name: "log", group: "", version: "v1", kind: "Pod", verbs: ["get"] },
  deployments: { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: ["get", "patch"] },
};

function aggregate(group: string) {
  const [first] = inGroup(group);
  const entries = inGroup(group).map((resource) => ({
    resource: resource.name,
    responseKind: { group, version: resource.version, kind: resource.kind },
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.kind.toLowerCase(),
    verbs: resource.verbs,
    shortNames: resource.shortNames,
    categories: resource.categories,
    ...subresourcesOf(resource),
  }));
  const versions = [{ version: first?.version, freshness: "Current", resources: entries }];
  return { metadata: group === "" ? {} : { name: group }, versions };
}

function subresourcesOf({ name }: Resource) {
  const sub = subresources[name];
  if (sub === undefined) return {};
  const responseKind = { group: sub.group, version: sub.version, kind: sub.kind };
  return { subresources: [{ subresource: sub.name, responseKind, verbs: sub.verbs }] };
}

function groupDocument(group: string) {
  const [first] = inGroup(group);
  const version = first === undefined ? undefined : { groupVersion: groupVersionOf(first), version: first.version };
  return { name: group, versions: [version], preferredVersion: version };
}

function listDocument(groupVersion: string) {
  const entries = resources
    .filter((resource) => groupVersionOf(resource) === groupVersion)
    .flatMap(({ name, kind, namespaced, verbs, shortNames, categories }) => {
      const entry = { name, singularName: kind.toLowerCase(), namespaced, kind, verbs, shortNames, categories };
      const sub = subresources[name];
      return sub === undefined
        ? [entry]
        : [entry, { ...sub, name: `${name}/${sub.name}`, singularName: "", namespaced }];
    });
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: entries };
}

const namedGroups = groupNames.filter((group) => group !== "");
const documents = new Map<string, object>([
  ["/api", { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] }],
  ["/apis", { kind: "APIGroupList", apiVersion: "v1", groups: namedGroups.map(groupDocument) }],
  ...namedGroups.map((group): [string, object] => [
    `/apis/${group}`,
    { kind: "APIGroup", apiVersion: "v1", ...groupDocument(group) },
  ]),
  ...Object.keys(groups).map((groupVersion): [string, object] => [
    groupVersion === "v1" ? "/api/v1" : `/apis/${groupVersion}`,
    listDocument(groupVersion),
  ]),
]);
