// What the recording API offers: every kind of the resource table and of the site, in the order of a real API server's groups,
// which decides what a short name means to kubectl.
import { builtInKinds, categoryAll } from "../../../src/command/kubectl/resource-table.ts";
import { qualified } from "../../../src/command/kubectl/resources.ts";
import type { ResourceKind } from "../../../src/domain/command.ts";
import { settings } from "../../command/reading.ts";

const reviews: readonly ResourceKind[] = (
  [
    ["authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview"],
    ["authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview"],
    ["authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview"],
  ] as const
).map(([group, resource, kind]) => ({ group, resource, kind, shortNames: [], namespaced: false }));

export const kinds: readonly ResourceKind[] = [...builtInKinds, ...settings.kinds, ...reviews];

/** Groups with another version than v1. */
const versions: Readonly<Record<string, string>> = {
  autoscaling: "v2",
  "metrics.k8s.io": "v1beta1",
  "helm.toolkit.fluxcd.io": "v2",
  "notification.toolkit.fluxcd.io": "v1beta3",
};
/** As kube-aggregator sorts its built-in groups; what is missing here comes behind. */
const firstGroups =
  "apiregistration.k8s.io apps events.k8s.io authentication.k8s.io authorization.k8s.io autoscaling batch certificates.k8s.io networking.k8s.io policy rbac.authorization.k8s.io storage.k8s.io admissionregistration.k8s.io apiextensions.k8s.io scheduling.k8s.io coordination.k8s.io node.k8s.io discovery.k8s.io flowcontrol.apiserver.k8s.io resource.k8s.io".split(
    " ",
  );
const groups = [...new Set([...firstGroups, ...kinds.map(({ group }) => group)])].filter((group) => group !== "");

export const versionOf = (group: string): string => versions[group] ?? "v1";
export const groupVersionOf = ({ group }: { readonly group: string }): string =>
  group === "" ? "v1" : `${group}/${versionOf(group)}`;
/** `/api/v1` or `/apis/GROUP/VERSION`. */
const rootOf = (group: string): string => (group === "" ? "/api/v1" : `/apis/${group}/${versionOf(group)}`);

const isReview = ({ resource }: ResourceKind): boolean => resource.startsWith("selfsubject");
const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

const listed = (kind: ResourceKind) => ({
  name: kind.resource,
  singularName: kind.kind.toLowerCase(),
  namespaced: kind.namespaced,
  kind: kind.kind,
  verbs: isReview(kind) ? ["create"] : kind.group === "metrics.k8s.io" ? ["get", "list"] : verbs,
  shortNames: kind.shortNames,
  categories: categoryAll.includes(qualified(kind)) ? ["all"] : [],
});

const subresources = (kind: ResourceKind) => {
  const base = { singularName: "", namespaced: kind.namespaced };
  const scaled = /^(?:deployments|statefulsets|replicasets|replicationcontrollers)$/.test(kind.resource);
  const scale = { ...base, name: `${kind.resource}/scale`, kind: "Scale", group: "autoscaling", version: "v1" };
  if (scaled) return [{ ...scale, verbs: ["get", "patch", "update"] }];
  return qualified(kind) === "pods" ? [{ ...base, name: "pods/log", kind: "Pod", verbs: ["get"] }] : [];
};

const listOf = (group: string) => ({
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: groupVersionOf({ group }),
  resources: kinds.filter((kind) => kind.group === group).flatMap((kind) => [listed(kind), ...subresources(kind)]),
});

const groupOf = (name: string) => {
  const version = { groupVersion: groupVersionOf({ group: name }), version: versionOf(name) };
  return { name, versions: [version], preferredVersion: version };
};

/** A schema for every kind, deep enough for explain, and the word that the server validates fields. */
const openApiOf = (group: string) => {
  const own = kinds.filter((kind) => kind.group === group);
  const gvk = (kind: ResourceKind) => ({ group, version: versionOf(group), kind: kind.kind });
  const node = (depth: number): object => ({
    type: "object",
    description: "stub",
    ...(depth === 0 ? {} : { properties: { spec: node(depth - 1), template: node(depth - 1), metadata: node(0) } }),
  });
  const parameters = ["dryRun", "fieldManager", "fieldValidation"].map((name) => ({ name, in: "query" }));
  return {
    openapi: "3.0.0",
    info: { title: "stub", version: "1" },
    paths: Object.fromEntries(
      own.map((kind) => [
        `${rootOf(group)}/${kind.resource}/{name}`,
        {
          patch: {
            parameters,
            responses: {},
            "x-kubernetes-group-version-kind": gvk(kind),
            "x-kubernetes-action": "patch",
          },
        },
      ]),
    ),
    components: {
      schemas: Object.fromEntries(
        own.map((kind) => [kind.kind, { ...node(3), "x-kubernetes-group-version-kind": [gvk(kind)] }]),
      ),
    },
  };
};

const documents: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["/version", { major: "1", minor: "35", gitVersion: "v1.35.2" }],
  ["/api", { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] }],
  ["/apis", { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupOf) }],
  ...["", ...groups].flatMap((group): readonly (readonly [string, unknown])[] => [
    [rootOf(group), listOf(group)],
    [`/openapi/v3${rootOf(group)}`, openApiOf(group)],
  ]),
  [
    "/openapi/v3",
    {
      paths: Object.fromEntries(
        ["", ...groups].map((group) => [
          rootOf(group).slice(1),
          { serverRelativeURL: `/openapi/v3${rootOf(group)}?hash=1` },
        ]),
      ),
    },
  ],
]);

/** The document at a path that says what there is, undefined for paths of objects. */
export const discoveryAt = (path: string): unknown => documents.get(path) ?? otherVersionAt(path);

/** Of a group that is known, any version: clients ask for the one that they were built with. */
function otherVersionAt(path: string): unknown {
  const [, group = "", version = ""] = /^\/apis\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  return groups.includes(group) ? { ...listOf(group), groupVersion: `${group}/${version}` } : undefined;
}
